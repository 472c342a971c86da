package initrunner.role.tools;

import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.text.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `- type: shell`.
///
/// @param writtenTimeout the timeout where the role writes one; empty where it is the default
public record ShellSettings(
    List<String> allowedCommands,
    List<String> blockedCommands,
    Optional<String> workingDir,
    Duration timeout,
    int maxOutputBytes,
    Optional<Duration> writtenTimeout)
    implements ToolSettings {

  static final List<String> FUNCTIONS = List.of("run_shell");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS = List.of("command");

  /// The default of `blocked_commands`.
  private static final List<String> DEFAULT_BLOCKED_COMMANDS =
      Words.of(
          """
          rm mkfs dd fdisk parted mount umount shutdown reboot halt poweroff chmod chown passwd
          useradd userdel sudo su
          """);

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  public static final Section<ShellSettings> SECTION = Section.of(ShellSettings::of);

  /// Every field with its default.
  public static final ShellSettings DEFAULT = SECTION.defaults();

  public ShellSettings {
    allowedCommands = List.copyOf(allowedCommands);
    blockedCommands = List.copyOf(blockedCommands);
  }

  /// One whose timeout the role does not write.
  public ShellSettings(
      List<String> allowedCommands,
      List<String> blockedCommands,
      Optional<String> workingDir,
      Duration timeout,
      int maxOutputBytes) {
    this(allowedCommands, blockedCommands, workingDir, timeout, maxOutputBytes, Optional.empty());
  }

  /// One that blocks no command.
  public static ShellSettings unblocked() {
    return new ShellSettings(
        DEFAULT.allowedCommands,
        List.of(),
        DEFAULT.workingDir,
        DEFAULT.timeout,
        DEFAULT.maxOutputBytes);
  }

  /// Of a tool that starts such commands and bounds their time itself.
  static ShellSettings ofJobs(Fields f) {
    ShellSettings commands = commandsOf(f);
    return commands.with(DEFAULT_TIMEOUT, ToolFields.maxOutputBytes(f), Optional.empty());
  }

  /// The same without these among the programs that are blocked because the role names none.
  ShellSettings withoutBlockedByDefault(String... programs) {
    if (!blockedCommands.equals(DEFAULT_BLOCKED_COMMANDS)) {
      return this;
    }
    List<String> blocked = new ArrayList<>(blockedCommands);
    blocked.removeAll(List.of(programs));
    return new ShellSettings(
        allowedCommands, blocked, workingDir, timeout, maxOutputBytes, writtenTimeout);
  }

  private static ShellSettings of(Fields f) {
    ShellSettings commands = commandsOf(f);
    Duration timeout = ToolFields.timeout(f);
    return commands.with(
        timeout, ToolFields.maxOutputBytes(f), f.written(ToolFields.TIMEOUT).map(_ -> timeout));
  }

  private ShellSettings with(Duration limit, int outputBytes, Optional<Duration> written) {
    return new ShellSettings(
        allowedCommands, blockedCommands, workingDir, limit, outputBytes, written);
  }

  private static ShellSettings commandsOf(Fields f) {
    List<String> allowed =
        ToolFields.allowedCommands(
            f, "Base names of programs that may run; empty for all that are not blocked.");
    List<String> blocked =
        f.get(
            "blocked_commands",
            ToolFields.PROGRAMS,
            DEFAULT_BLOCKED_COMMANDS,
            "Base names of programs that may not run.");
    return new ShellSettings(
        allowed, blocked, ToolFields.workingDir(f), DEFAULT_TIMEOUT, 0, Optional.empty());
  }

  @Override
  public String summary() {
    return "Tool shell: " + commands() + ToolFields.summary(workingDir, timeout, maxOutputBytes);
  }

  String commands() {
    if (allowedCommands.isEmpty()) {
      return blockedCommands.isEmpty()
          ? "any command."
          : "any command but " + String.join(", ", blockedCommands) + ".";
    }
    List<String> allowed = new ArrayList<>(allowedCommands);
    allowed.removeAll(blockedCommands);
    return allowed.isEmpty()
        ? "no command, all that are allowed are blocked."
        : "only " + String.join(", ", allowed) + ".";
  }

  @Override
  public Optional<String> directory() {
    return workingDir;
  }
}
