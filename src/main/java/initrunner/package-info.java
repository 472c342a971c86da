/// InitRunner as a library: run commands where a role, or any host that `ssh` can reach, says, and
/// run agents whose tools do.
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
/// The types of this package and of [initrunner.exec] are the library. All other packages are
/// internal: they change without notice, and their documentation is not published.
///
/// How a command ended is a value ([initrunner.exec.Ended]); an exception
/// ([initrunner.exec.RemedyException]) means that nothing was started, so a retry is safe. An
/// interrupt of the calling thread stops what it waits for.
@NullMarked
package initrunner;

import org.jspecify.annotations.NullMarked;
