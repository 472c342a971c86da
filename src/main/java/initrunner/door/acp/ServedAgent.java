package initrunner.door.acp;

import initrunner.audit.AuditStore;
import initrunner.exec.RemedyException;
import initrunner.model.http.Models;
import initrunner.run.ReadyAgent;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputWatcher;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// A role's agent for the sessions of one client. Safe for many threads.
public final class ServedAgent implements AutoCloseable {

  private final Supplier<RunOrder> order;
  private final RunHome home;
  private final RoleRuntime runtime;
  private final Optional<AuditStore> audit;
  private final ReentrantLock opening = new ReentrantLock();
  private Optional<OpenAgent> open = Optional.empty();

  /// @param order chooses the model for the first session
  /// @param runtime stays the caller's to close, after this
  /// @param audit stays the caller's to close; empty for no audit log
  public ServedAgent(
      Supplier<RunOrder> order, RunHome home, RoleRuntime runtime, Optional<AuditStore> audit) {
    this.order = order;
    this.home = home;
    this.runtime = runtime;
    this.audit = audit;
  }

  /// The agent; the first call opens it. Sends no request to the model and nothing to the host, and
  /// blocks for three seconds at most.
  ///
  /// @param client for the audit log
  /// @throws RemedyException if there is no model, or its key or its address cannot be used; the
  ///   next call tries again
  OpenAgent open(String client) {
    opening.lock();
    try {
      if (open.isEmpty()) {
        RunOrder chosen = order.get();
        RoleRuntime asking = runtime.asking(client, OutputWatcher.NONE);
        open =
            Optional.of(
                new OpenAgent(
                    chosen,
                    ReadyAgent.open(chosen, asking, home, Models.Delivery.STREAMED),
                    asking,
                    audit));
      }
      return open.get();
    } finally {
      opening.unlock();
    }
  }

  @Override
  public void close() {
    opening.lock();
    try {
      open.ifPresent(each -> each.agent().close());
    } finally {
      opening.unlock();
    }
  }
}
