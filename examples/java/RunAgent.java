import initrunner.Agent;
import initrunner.Role;
import initrunner.RunListener;
import initrunner.RunResult;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Runs a role's agent: shows its tool calls and what they print, and denies each call for which
/// the role wants a person's yes.
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp 'target/initrunner.jar:target/lib/*' \
///   examples/java/RunAgent.java role.yaml "Which tests fail?"
/// ```
public final class RunAgent {

  private RunAgent() {}

  /// @param args the role's file and the prompt
  public static void main(String[] args) {
    RunListener shown =
        new RunListener() {
          @Override
          public void toolStarted(Call call) {
            System.out.println("> " + call.tool() + " " + call.arguments());
          }

          @Override
          public void output(Call call, Stream<String> lines) {
            lines.forEach(line -> System.out.println("  " + line));
          }

          @Override
          public Decision approve(Call call) {
            return Decision.DENY;
          }
        };
    try (Agent agent = Agent.open(Role.load(Path.of(args[0])))) {
      RunResult result = agent.run(args[1], shown);
      result
          .failure()
          .ifPresentOrElse(
              why -> System.out.println(why.message() + "\n" + why.remedy()),
              () -> System.out.println(result.output()));
    }
  }
}
