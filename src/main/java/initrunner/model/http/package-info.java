/// Models behind HTTP: their requests in each protocol, and the retries. The only importer of
/// LangChain4j.
@NullMarked
package initrunner.model.http;

import org.jspecify.annotations.NullMarked;
