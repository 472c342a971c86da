/// Statements of SQL on one connection, and transactions.
@NullMarked
package initrunner.audit.sql;

import org.jspecify.annotations.NullMarked;
