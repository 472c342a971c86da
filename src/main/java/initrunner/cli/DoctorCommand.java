package initrunner.cli;

import static initrunner.runtime.doctor.Doctor.Slurm.EXAMINED;

import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.SandboxOption;
import initrunner.role.Role;
import initrunner.role.sandbox.SshSettings;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.runtime.RoleHost;
import initrunner.runtime.doctor.Doctor;
import initrunner.runtime.doctor.Finding;
import initrunner.runtime.doctor.Finding.Verdict;
import initrunner.runtime.doctor.SameHosts;
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
      "      this machine, the role's host, and whether the role's own choice works;",
      "      of several sandboxes each, or the one that --sandbox names",
      "  initrunner doctor --host my-build-box",
      "      this machine, and a host that has no role yet",
      "",
      "Exit status: 0; 1 if the role's own choice, or a sandbox of several, does not",
      "work, or the host of --host cannot be reached; 2 a faulty role."
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

  /// What was found about one place.
  ///
  /// @param sandbox its name, where the role has several
  private record Section(String title, Optional<String> sandbox, List<Finding> findings) {

    Section(String title, List<Finding> findings) {
      this(title, Optional.empty(), findings);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    if (role().isEmpty() && sandbox.isGiven()) {
      throw new ParameterException(spec.commandLine(), SandboxOption.WITHOUT_ROLE);
    }
    Optional<RoleSource> source = role().map(path -> RoleSource.of(path, console.environment()));
    List<Role> roles = source.map(this::chosen).orElse(List.of());
    Optional<Role> bare = hostRole();
    boolean isSlurmUsed =
        roles.isEmpty() || roles.stream().map(Doctor.Slurm::of).anyMatch(EXAMINED::equals);
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            "This machine",
            Doctor.thisMachine(
                console.environment(), isSlurmUsed ? EXAMINED : Doctor.Slurm.LEFT_OUT)));
    List<Finding> same = SameHosts.of(roles);
    boolean works = bare.map(host -> isHostReached(host, sections)).orElse(true);
    for (Role role : roles) {
      works &= isWorking(role, source.orElseThrow().environment().values(), sections);
    }
    if (!same.isEmpty()) {
      sections.add(new Section("Role", same));
    }
    if (json) {
      console.out().printLines(JsonText.of(tree(sections)));
    } else {
      sections.forEach(this::print);
    }
    return works ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private Optional<AskedLogins> logins(Role role) {
    return LoginTerminal.of(console, role, ask.isGiven()).map(LoginTerminal::logins);
  }

  private boolean isHostReached(Role role, List<Section> sections) {
    List<Finding> there = Doctor.host(role, console.environment(), EXAMINED, logins(role));
    sections.add(new Section(title(role), there));
    // An unreachable host has one finding, which says so.
    return there.isEmpty() || there.getFirst().verdict() != Verdict.MISSING;
  }

  private boolean isWorking(Role role, Map<String, String> environment, List<Section> sections) {
    Doctor.OfRole found = Doctor.role(role, environment, Doctor.Slurm.of(role), logins(role));
    Optional<String> name = role.security().sandboxName().filter(_ -> !sandbox.isGiven());
    if (name.isPresent()) {
      List<Finding> all = new ArrayList<>(found.host());
      all.add(found.choice());
      sections.add(new Section("Sandbox " + RoleHost.of(role).name(), name, all));
    } else {
      if (!found.host().isEmpty()) {
        sections.add(new Section(title(role), found.host()));
      }
      sections.add(new Section("Role", List.of(found.choice())));
    }
    return found.choice().verdict() != Verdict.MISSING;
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

  /// The role with one sandbox alone; of several each, unless one is named.
  private List<Role> chosen(RoleSource read) {
    List<String> names = read.role().sandboxNames();
    return names.isEmpty() || sandbox.isGiven()
        ? List.of(sandbox.in(read).role())
        : names.stream().map(read.role()::at).toList();
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

  private void print(Section section) {
    console.out().println(section.title());
    for (Finding finding : section.findings()) {
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

  private static Map<String, Object> tree(List<Section> sections) {
    List<Map<String, Object>> all = new ArrayList<>();
    sections.forEach(
        section -> section.findings().forEach(finding -> all.add(fields(section, finding))));
    return Map.of("findings", all);
  }

  private static Map<String, Object> fields(Section section, Finding finding) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("where", section.title());
    section.sandbox().ifPresent(name -> fields.put("sandbox", name));
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
