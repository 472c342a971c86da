package initrunner.cli.hosts;

import initrunner.exec.Stdin;
import initrunner.text.NumberedNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The options of `exec` for many hosts, built in code as its others are.
public final class HostsOptions {

  private static final int USUAL_PARALLEL = 16;
  private static final int MOST_PARALLEL = 256;
  private static final int MOST_INPUT_BYTES = 64 << 20;

  private final CommandSpec spec;
  private final OptionSpec hosts =
      OptionSpec.builder("--hosts")
          .paramLabel("LIST")
          .type(String.class)
          .description(
              "Run on all of these: aliases, web[01-20], @group of hosts.yaml, patterns as 'web*';"
                  + " or role.yaml: in each of its sandboxes.")
          .build();
  private final OptionSpec parallel =
      OptionSpec.builder("--parallel")
          .paramLabel("N")
          .type(String.class)
          .description("So many hosts at a time (default: " + USUAL_PARALLEL + ").")
          .build();
  private final OptionSpec failFast =
      flag("--fail-fast", "At the first failure, stop what runs and start no further host.");
  private final OptionSpec condensed =
      flag("--condensed", "No output while it runs; equal answers once (default: from 9 hosts).");
  private final OptionSpec live =
      flag("--live", "Lines as they come, behind the host's name (default: up to 8 hosts).");
  private final OptionSpec yes =
      flag("--yes", "Run on the hosts that a pattern stands for, without a question.");

  public HostsOptions(CommandSpec spec) {
    this.spec = spec;
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }

  /// All of them, in the order of the help.
  public List<OptionSpec> all() {
    return List.of(hosts, parallel, failFast, condensed, live, yes);
  }

  /// Whether the command is for many hosts.
  ///
  /// @throws ParameterException if an option for many hosts is given without them
  public boolean isGiven() {
    if (list().isPresent()) {
      return true;
    }
    all().stream()
        .filter(each -> each.getValue() != null && !Boolean.FALSE.equals(each.getValue()))
        .findFirst()
        .ifPresent(each -> {
          throw fault(each.longestName() + " is for --hosts; name the hosts: --hosts web1,web2");
        });
    return false;
  }

  /// The role in whose sandboxes the command runs, if a role stands in place of hosts.
  ///
  /// @throws ParameterException if hosts stand beside it
  public Optional<Path> roleFile() {
    Optional<String> whole = list().filter(HostsOptions::isRole);
    List<String> words = list().map(NumberedNames::words).orElse(List.of());
    if (words.size() > 1 && whole.filter(text -> Files.exists(Path.of(text))).isEmpty()) {
      words.stream()
          .map(String::strip)
          .filter(HostsOptions::isRole)
          .findFirst()
          .ifPresent(role -> {
            throw fault(
                "--hosts: '"
                    + role
                    + "' is a role, and a role stands alone; name hosts, or that role");
          });
    }
    return whole.map(Path::of);
  }

  /// A directory without a `/` may be the name of a host.
  private static boolean isRole(String word) {
    return word.endsWith(".yaml")
        || word.endsWith(".yml")
        || ((word.contains("/") || word.equals(".")) && Files.isDirectory(Path.of(word)));
  }

  /// Why one of a role's sandboxes cannot be chosen where the role stands in place of hosts; empty
  /// where none does.
  public Optional<String> sandboxFault() {
    return roleFile()
        .map(role ->
            "--hosts "
                + role
                + " is each sandbox of that role; for one, give the role itself: initrunner exec "
                + role
                + " --sandbox NAME -- ARGV…");
  }

  private Optional<String> list() {
    return Optional.ofNullable(hosts.getValue());
  }

  /// What they say.
  ///
  /// @param asJson whether programs read the answers
  /// @throws ParameterException if they contradict each other
  HostsWish wish(boolean asJson) {
    if (Stream.of(isSet(condensed), isSet(live), asJson).filter(each -> each).count() > 1) {
      throw fault("--condensed, --live and --json are three forms of output; give one of them");
    }
    HostsWish.Form form =
        asJson
            ? HostsWish.Form.JSON
            : isSet(condensed)
                ? HostsWish.Form.CONDENSED
                : isSet(live) ? HostsWish.Form.LIVE : HostsWish.Form.USUAL;
    return new HostsWish(list().orElse(""), parallelHosts(), isSet(failFast), isSet(yes), form);
  }

  private int parallelHosts() {
    Optional<String> given = Optional.ofNullable(parallel.getValue());
    int number =
        given
            .filter(text -> text.matches("[0-9]{1,4}"))
            .map(Integer::parseInt)
            .orElse(given.isEmpty() ? USUAL_PARALLEL : 0);
    if (number < 1 || number > MOST_PARALLEL) {
      throw fault(
          "--parallel is '" + given.orElse("") + "'; allowed is 1 to " + MOST_PARALLEL + " hosts");
    }
    return number;
  }

  /// All of an input, for each host.
  ///
  /// @throws ParameterException if it is too much
  public Stdin wholeInput(InputStream input) throws IOException {
    byte[] whole = input.readNBytes(MOST_INPUT_BYTES + 1);
    if (whole.length > MOST_INPUT_BYTES) {
      throw fault(
          "--stdin has more than 64 MiB, which is the most for many hosts; send a file to each with"
              + " initrunner push");
    }
    return whole.length == 0 ? Stdin.nothing() : new Stdin.Bytes(whole);
  }

  private static boolean isSet(OptionSpec flag) {
    return Boolean.TRUE.equals(flag.getValue());
  }

  ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
