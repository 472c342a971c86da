package initrunner.role.tools;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Section;
import initrunner.schema.type.Whole;
import initrunner.text.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: terminal`.
///
/// @param commands which may be opened, and where; its timeout is not used
/// @param maxOpen terminals of a run at once
/// @param maxTime of one terminal; empty for no limit
/// @param sudo whether a person is asked for what a program there wants to know in secret
public record TerminalSettings(
    ShellSettings commands, int maxOpen, Optional<Duration> maxTime, Sudo sudo)
    implements ToolSettings {

  /// What becomes of a question for a password.
  public enum Sudo {
    /// No person is asked.
    NEVER,
    /// The person at the terminal of InitRunner is.
    ASK
  }

  static final List<String> FUNCTIONS = Words.of("open_terminal type read_screen close_terminal");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS =
      Words.of("command columns rows id text paste keys wait_for quiet_ms seconds");

  private static final Field<Integer> MAX_SECONDS =
      Field.of(
          "max_seconds",
          Whole.atLeast(0, "seconds"),
          3600,
          "Longest time of one terminal, after which it is closed; 0 for no limit.");

  public static final Section<TerminalSettings> SECTION = Section.of(TerminalSettings::of);

  /// Every field with its default.
  public static final TerminalSettings DEFAULT = SECTION.defaults();

  private static TerminalSettings of(Fields f) {
    ShellSettings commands = ShellSettings.ofJobs(f);
    int maxOpen =
        f.get("max_open", Whole.atLeast(1, "terminals"), 4, "Most terminals of a run at once.");
    Optional<Duration> maxTime =
        Optional.of(f.get(MAX_SECONDS))
            .filter(seconds -> seconds > 0)
            .map(seconds -> Duration.ofSeconds(seconds));
    Sudo sudo =
        f.choice(
            "sudo",
            Sudo.NEVER,
            "ask: where a program wants a password, the person is asked, and the model sees none of"
                + " it; sudo and su leave the default of blocked_commands.");
    return new TerminalSettings(
        sudo == Sudo.ASK ? commands.withoutBlockedByDefault("sudo", "su") : commands,
        maxOpen,
        maxTime,
        sudo);
  }

  @Override
  public String summary() {
    return "Tool terminal: opens terminals for "
        + commands.commands()
        + " What is typed there is not judged. At most "
        + maxOpen
        + " at once"
        + maxTime.map(time -> ", each " + time.toSeconds() + " s").orElse("")
        + "."
        + (sudo == Sudo.ASK ? " A person is asked for passwords." : "");
  }

  @Override
  public Optional<String> directory() {
    return commands.directory();
  }
}
