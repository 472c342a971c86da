package initrunner.cli.repl;

import initrunner.agent.Dialogue;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.http.Models;
import initrunner.role.model.UserModels;
import initrunner.run.ModelChoice;
import initrunner.run.ReadyAgent;
import initrunner.run.RunEnd;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.run.RunRecord;
import initrunner.run.RunWatch;
import initrunner.runtime.RoleRuntime;
import initrunner.schema.ConfigException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The agent of a session: its conversation and its model, which the person can change over the
/// same connection. For one thread.
final class SessionAgent implements AutoCloseable {

  private final RoleRuntime runtime;
  private final RunHome home;
  private final Models.Delivery delivery;
  private RunOrder order;
  private ReadyAgent agent;
  private Dialogue dialogue = new Dialogue();

  private SessionAgent(
      RunOrder order,
      RoleRuntime runtime,
      RunHome home,
      Models.Delivery delivery,
      ReadyAgent agent) {
    this.order = order;
    this.runtime = runtime;
    this.home = home;
    this.delivery = delivery;
    this.agent = agent;
  }

  /// Opens the model of an order; this sends no request.
  ///
  /// @throws ModelException as [ReadyAgent#open]
  static SessionAgent open(
      RunOrder order, RoleRuntime runtime, RunHome home, Models.Delivery delivery) {
    ReadyAgent agent = ReadyAgent.open(order, runtime, home, delivery);
    return new SessionAgent(order, runtime, home, delivery, agent);
  }

  /// The order of the next run, but for its prompt.
  RunOrder order() {
    return order;
  }

  Model model() {
    return agent.model();
  }

  /// Says the next prompt. Blocks as [ReadyAgent#say] does.
  RunEnd say(RunRecord record, RunWatch watch) {
    return agent.say(dialogue, record, watch);
  }

  /// Begins a conversation that knows nothing of the one before.
  void beginAnew() {
    dialogue = new Dialogue();
  }

  /// Asks another model from the next prompt on; if that one cannot be opened, the one before
  /// stays.
  ///
  /// @param name `provider:name`, or a word of the user's for a model
  /// @param userHome the user's directory of this product
  /// @throws ModelException if there is no such model, or its key is missing
  /// @throws ConfigException if the file of these words has faults
  void ask(String name, Path userHome) {
    ModelChoice choice = ModelChoice.of(order.source(), Optional.of(name), userHome);
    RunOrder other = order.asking(choice);
    ReadyAgent opened = ReadyAgent.open(other, runtime, home, delivery);
    agent.close();
    agent = opened;
    order = other;
  }

  /// The models that the role and the user name: as `provider:name`, or as the user's words.
  ///
  /// @throws ConfigException if the file of these words has faults
  Set<String> names(Path userHome) {
    UserModels user = UserModels.load(userHome);
    Set<String> names = new TreeSet<>(user.byName().keySet());
    order
        .role()
        .model()
        .map(user::resolve)
        .filter(own -> !own.provider().isBlank() && !own.name().isBlank())
        .ifPresent(own -> names.add(own.provider() + ":" + own.name()));
    if (order.model() instanceof ModelChoice.Asked) {
      names.add(order.model().provider() + ":" + order.model().name());
    }
    return names;
  }

  @Override
  public void close() {
    agent.close();
  }
}
