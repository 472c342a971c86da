package initrunner.cli;

import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.SandboxOption;
import initrunner.role.Role;
import initrunner.role.sandbox.SshSettings;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.runtime.doctor.Doctor;
import initrunner.runtime.doctor.Finding;
import initrunner.runtime.doctor.Finding.Verdict;
import initrunner.ssh.client.AskedLogins;
import initrunner.text.JsonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `doctor`: examines what commands could run on and in, and what prevents it.
@Command(
    name = "doctor",
    sortOptions = false,
    descriptionHeading = "%n",
    description = {
      "Shows what commands could run on and in: here, and on a host.",
      "Where something is missing, it names the one command or setting that adds",
      "it. A host is examined over the connection that tools use.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  initrunner doctor",
      "      this machine",
      "  initrunner doctor role.yaml",
      "      this machine, the role's host, and whether the role's own choice works",
      "  initrunner doctor --host my-build-box",
      "      this machine, and a host that has no role yet",
      "",
      "Exit status: 0; 1 if the role's own choice does not work or the host of --host",
      "cannot be reached; 2 a faulty role."
    })
public final class DoctorCommand implements Callable<Integer> {

  private static final int WIDEST_SUBJECT = 12;

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLE",
      description = "The role whose sandbox is examined.")
  private @Nullable Path file;

  @Option(names = "--role", paramLabel = "ROLE", description = "The same as ROLE alone.")
  private @Nullable Path named;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Without a role: examine this host, user@hostname or an alias of ~/.ssh/config.")
  private @Nullable String host;

  @Mixin private final SandboxOption sandbox = new SandboxOption();

  @Mixin private final AskOption ask = new AskOption();

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  public DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (role().isEmpty() && sandbox.isGiven()) {
      throw new ParameterException(spec.commandLine(), SandboxOption.WITHOUT_ROLE);
    }
    Optional<RoleSource> source =
        role().map(path -> chosen(RoleSource.of(path, console.environment())));
    Optional<Role> place = source.map(RoleSource::role).or(this::hostRole);
    Doctor.Slurm slurm =
        source.map(read -> Doctor.Slurm.of(read.role())).orElse(Doctor.Slurm.EXAMINED);
    Map<String, String> environment =
        source.map(each -> each.environment().values()).orElse(console.environment());
    Map<String, List<Finding>> sections = new LinkedHashMap<>();
    sections.put("This machine", Doctor.thisMachine(console.environment(), slurm));
    Optional<AskedLogins> logins =
        place
            .flatMap(role -> LoginTerminal.of(console, role, ask.isGiven()))
            .map(LoginTerminal::logins);
    Optional<Doctor.OfRole> ofRole =
        source.map(read -> Doctor.role(read.role(), environment, slurm, logins));
    List<Finding> there =
        ofRole
            .map(Doctor.OfRole::host)
            .or(() -> place.map(role -> Doctor.host(role, environment, slurm, logins)))
            .orElse(List.of());
    if (!there.isEmpty()) {
      sections.put(title(place.orElseThrow()), there);
    }
    Optional<Finding> choice = ofRole.map(Doctor.OfRole::choice);
    choice.ifPresent(found -> sections.put("Role", List.of(found)));
    if (json) {
      console.out().printLines(JsonText.of(tree(sections)));
    } else {
      sections.forEach(this::print);
    }
    // An unreachable host has one finding, which says so.
    boolean works =
        choice
            .or(() -> there.stream().findFirst())
            .map(finding -> finding.verdict() != Verdict.MISSING)
            .orElse(place.isEmpty());
    return works ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private Optional<Path> role() {
    if (host != null && (file != null || named != null)) {
      throw new ParameterException(
          spec.commandLine(), "both a role and --host are given; give one of them");
    }
    if (file != null && named != null) {
      throw new ParameterException(
          spec.commandLine(), "both ROLE and --role are given; give one of them");
    }
    return Optional.ofNullable(file).or(() -> Optional.ofNullable(named));
  }

  /// One sandbox is looked at.
  private RoleSource chosen(RoleSource read) {
    List<String> names = read.role().sandboxNames();
    if (names.size() > 1 && !sandbox.isGiven()) {
      console
          .err()
          .println(
              "initrunner: this is sandbox "
                  + names.getFirst()
                  + ", the default; --sandbox NAME looks at another: "
                  + String.join(", ", names.subList(1, names.size())));
    }
    return sandbox.in(read);
  }

  private Optional<Role> hostRole() {
    try {
      return Optional.ofNullable(host)
          .map(name -> new HostRole("doctor", "--host").of(name, Optional.empty()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static String title(Role role) {
    return "Host " + role.sandbox().ssh().map(SshSettings::host).orElse("");
  }

  private void print(String title, List<Finding> findings) {
    console.out().println(title);
    for (Finding finding : findings) {
      String kind =
          finding.isolation().map(isolation -> " [isolation: " + isolation + "]").orElse("");
      console
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "  %-8s %-" + WIDEST_SUBJECT + "s %s%s",
                  word(finding),
                  finding.subject(),
                  finding.detail(),
                  kind));
      finding.remedy().ifPresent(remedy -> console.out().println("           " + remedy));
    }
  }

  private static Map<String, Object> tree(Map<String, List<Finding>> sections) {
    List<Map<String, Object>> all = new ArrayList<>();
    sections.forEach(
        (title, findings) -> findings.forEach(finding -> all.add(fields(title, finding))));
    return Map.of("findings", all);
  }

  private static Map<String, Object> fields(String title, Finding finding) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("where", title);
    fields.put("subject", finding.subject());
    fields.put("verdict", word(finding));
    fields.put("detail", finding.detail());
    finding.isolation().ifPresent(isolation -> fields.put("isolation", isolation));
    finding.remedy().ifPresent(remedy -> fields.put("remedy", remedy));
    return fields;
  }

  private static String word(Finding finding) {
    return finding.verdict().name().toLowerCase(Locale.ROOT);
  }
}
