package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.transport.ShellStatus;
import initrunner.runtime.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Files that a launcher on this machine keeps from contained commands. Each attempt that must fail
/// is also made without the launcher, where it must succeed.
public interface OwnFilesContract {

  String VARIABLES = "KEY=hunter2\n";

  /// A role of that launcher, with further lines.
  String role(String more);

  /// The same role without a launcher.
  String uncontainedRole();

  /// An opened sandbox of a role in a file.
  Sandbox openedAt(Path role, Map<String, String> environment) throws Exception;

  static int status(Sandbox sandbox, String script) {
    return ShellStatus.of(run(sandbox, script, new Captured(1000)).ended());
  }

  private static String output(Sandbox sandbox, String script) {
    Captured captured = new Captured(1000);
    assertThat(run(sandbox, script + "true", captured).ended()).isEqualTo(new Exited(0));
    return captured.stdoutText();
  }

  private static Outcome run(Sandbox sandbox, String script, Captured captured) {
    String callId = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Command command = Command.of("sh", "-c", script);
    return sandbox.run(command, callId, Limits.unbounded(), captured);
  }

  /// A directory with a role and its variables.
  static Path project(Path directory, String role) throws Exception {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(".env"), VARIABLES);
    return Files.writeString(directory.resolve("role.yaml"), role);
  }

  /// Each attempt fails in the sandbox of a role, which still has its variables, and succeeds
  /// without one.
  private void failOnlyInside(String more, String below, List<String> attempts) throws Exception {
    Path inside = Files.createTempDirectory("inside");
    Path outside = Files.createTempDirectory("outside");
    String contained = role(more.formatted(inside));
    Path role = project(inside.resolve(below), contained);
    Path plain = project(outside.resolve(below), uncontainedRole());
    try (Sandbox sandbox = openedAt(role, Map.of());
        Sandbox uncontained = openedAt(plain, Map.of())) {
      assertThat(output(sandbox, eachOf(attempts, inside))).isEmpty();
      assertThat(role).hasContent(contained);
      assertThat(role.resolveSibling(".env")).hasContent(VARIABLES);
      for (String attempt : attempts) {
        assertThat(status(uncontained, attempt.formatted(outside))).as(attempt).isZero();
        project(outside.resolve(below), uncontainedRole());
      }
    }
  }

  /// Makes all attempts, and prints those that succeed.
  private static String eachOf(List<String> attempts, Path directory) {
    return attempts.stream()
        .map(attempt -> attempt.formatted(directory))
        .map(attempt ->
            "if (%s) >/dev/null 2>&1; then echo '%s'; fi\n"
                .formatted(attempt, attempt.replace('\'', ' ')))
        .collect(Collectors.joining());
  }

  @Test
  default void theVariablesBesideTheRoleCannotBeReadOrReplaced() throws Exception {
    failOnlyInside(
        "",
        "",
        List.of(
            "grep hunter2 .env",
            "umount .env; grep hunter2 .env",
            "mv .env moved && grep hunter2 moved",
            "ln .env link && grep hunter2 link",
            "echo X=1 >>.env && grep X=1 .env",
            "chmod 777 .env && [ -x .env ] && grep hunter2 .env",
            "rm .env",
            "echo X=1 >new && mv -f new .env"));
  }

  @Test
  default void theRoleCanBeReadAndNotChanged() throws Exception {
    failOnlyInside(
        "",
        "",
        List.of(
            "echo '# x' >>role.yaml",
            "umount role.yaml; echo '# x' >>role.yaml",
            "mount -o remount,bind,rw role.yaml; echo '# x' >>role.yaml",
            "mv role.yaml moved",
            "rm -f role.yaml",
            "ln role.yaml hard && echo '# x' >>hard",
            "chmod 777 role.yaml",
            "echo x >new2 && mv -f new2 role.yaml"));
  }

  @Test
  default void aRoleBelowAMountAndTheDirectoriesOnTheWayStayWhatTheyAre() throws Exception {
    failOnlyInside(
        "allowed_write_paths: ['%s']",
        "roles/mine",
        List.of(
            "grep hunter2 %s/roles/mine/.env",
            "echo '# x' >>%s/roles/mine/role.yaml",
            "cd %s && mv roles old && mkdir roles",
            "cd %s/roles && mv mine old && mkdir mine"));
  }

  @Test
  default void theUsersDirectoryOfThisProductIsEmpty() throws Exception {
    Path role = project(Files.createTempDirectory("project"), role(""));
    Path home = Files.createDirectory(role.resolveSibling("home"));
    Files.writeString(home.resolve("audit.db"), "x");
    try (Sandbox sandbox = openedAt(role, Map.of("INITRUNNER_HOME", home.toString()))) {
      assertThat(status(sandbox, "[ -z \"$(ls -A home)\" ] && ! touch home/x && ! mv home other"))
          .isZero();
    }
    assertThat(home.resolve("audit.db")).hasContent("x");
  }
}
