/// The loop between a model and the tools. The only importer of LangChain4j.
@NullMarked
package initrunner.agent;

import org.jspecify.annotations.NullMarked;
