/// InitRunner as a library: run commands in a role's sandbox or on any host that `ssh` can reach,
/// and run agents whose tools work there.
///
/// ```java
/// try (Sandbox sandbox = Sandbox.ssh("my-build-box")) {
///   Captured output = new Captured(1 << 20);
///   Outcome outcome = sandbox.run(Command.of("make", "-j4"), Limits.unbounded(), output);
///   switch (outcome.ended()) {
///     case Ended.Exited(int status) -> System.out.println(status + "\n" + output.stdoutText());
///     case Ended.Lost(String reason) -> System.out.println("It may still run: " + reason);
///     default -> System.out.println(outcome.ended());
///   }
/// }
///
/// try (Agent agent = Agent.open(Role.load(Path.of("role.yaml")))) {
///   RunResult result = agent.run("Which tests fail?", RunListener.NONE);
///   System.out.println(result.output());
/// }
/// ```
///
/// The library is this package and [initrunner.exec]. All other packages are internal: they change
/// without notice, and their documentation is not published.
///
/// How a command ended is a value ([initrunner.exec.Ended]). An exception
/// ([initrunner.exec.RemedyException]) means that nothing was started, so a retry is safe. An
/// interrupt of the calling thread stops the command or the run that it waits for.
@NullMarked
package initrunner;

import org.jspecify.annotations.NullMarked;
