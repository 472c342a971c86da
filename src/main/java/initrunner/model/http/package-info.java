/// Models behind HTTP: what is asked in which protocol, and how often. The only importer of
/// LangChain4j.
@NullMarked
package initrunner.model.http;

import org.jspecify.annotations.NullMarked;
