package initrunner.door.mcp;

import initrunner.door.jsonrpc.Json;
import initrunner.role.Role;
import initrunner.role.summary.RoleSummary;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleHost;
import initrunner.runtime.RoleRuntime;
import initrunner.tool.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A role for clients: its tools, its calls, and what a client's model has to know about it. Safe
/// for many threads.
public final class ServedRole {

  /// A host that does not answer must not keep a client from listing the tools.
  private static final Duration FACTS_PATIENCE = Duration.ofSeconds(2);

  private final RoleRuntime runtime;
  private final String rules;
  private final String version;
  private final Json.Arr tools;
  private final ToolCalls calls;
  private final Resources resources;
  private CompletableFuture<Optional<String>> facts;

  /// Connects nowhere yet.
  ///
  /// @param version of this program
  /// @param waiting where calls wait for a person's answer from a terminal
  public ServedRole(
      RoleRuntime runtime, Role role, String version, WaitingCalls waiting, Form form) {
    this.runtime = runtime;
    this.rules = RoleSummary.tools(role);
    this.version = version;
    this.tools = ToolList.of(runtime.tools(), runtime.place(), form);
    List<RoleHost> places = RoleHost.each(role);
    Approvals approvals =
        new Approvals(
            waiting,
            call -> RoleHost.named(runtime.askedPlaceOf(call), places),
            role.guardrails().timeout());
    this.calls = new ToolCalls(runtime, role, approvals, form);
    this.resources = new Resources(runtime, this::host);
    this.facts = CompletableFuture.completedFuture(Optional.empty());
  }

  private static CompletableFuture<Optional<String>> asked(RoleRuntime runtime) {
    CompletableFuture<Optional<String>> facts = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("facts")
        .start(() -> {
          try {
            facts.complete(runtime.facts());
          } catch (RuntimeException e) {
            facts.completeExceptionally(e);
          }
        });
    return facts;
  }

  /// The facts, asked for at first use, and again if the host could not be reached.
  private synchronized CompletableFuture<Optional<String>> facts() {
    boolean isUnknown =
        switch (facts.state()) {
          case RUNNING -> false;
          case SUCCESS -> facts.resultNow().isEmpty();
          case FAILED, CANCELLED -> true;
        };
    if (isUnknown) {
      facts = asked(runtime);
    }
    return facts;
  }

  Json.Obj info() {
    return Json.Obj.EMPTY.with("name", "initrunner").with("version", version);
  }

  /// As a revision describes them.
  Json.Arr tools(Revision revision) {
    return revision.hasTasks() ? ToolList.mayBeTasks(tools) : tools;
  }

  ToolCalls calls() {
    return calls;
  }

  Resources resources() {
    return resources;
  }

  /// What the host says of itself, or that it has not answered.
  private String host() {
    try {
      Optional<String> known = facts().get(FACTS_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (known.isPresent()) {
        return known.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException unknown) {
      // A call says what is wrong.
    }
    return "Your tools act on "
        + runtime.place()
        + ". It has not answered yet; a call connects, or says why it cannot.";
  }

  /// For a client's model: where the tools act, what they may do and what is refused, and which
  /// calls a person is asked about.
  String instructions() {
    return host()
        + "\n"
        + rules
        + "\n"
        + asked()
        + "\nThe last line of each result says exit status, host, and how the command ended.";
  }

  private String asked() {
    List<String> names =
        runtime.tools().stream().filter(runtime::isAskedAbout).map(Tool::name).toList();
    return names.isEmpty()
        ? "No person is asked before a call."
        : "A person is asked before each call of " + String.join(", ", names) + ".";
  }
}
