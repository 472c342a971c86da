package initrunner.cli;

import initrunner.role.Role;
import initrunner.runtime.Doctor;
import initrunner.runtime.Finding;
import initrunner.runtime.Finding.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `doctor`: what commands could run on and in, and what is in the way.
@Command(
    name = "doctor",
    sortOptions = false,
    descriptionHeading = "%n",
    description = {
      "Shows what commands could run on and in: here, and on a role's host.",
      "Where something is missing, it says the one command or setting that would",
      "mend it. A host is looked at over the connection that the role's tools use.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  initrunner doctor",
      "      this machine",
      "  initrunner doctor role.yaml",
      "      this machine, the role's host, and whether the role's own choice works",
      "",
      "Exit status: 0; 1 if the role's own choice does not work; 2 a faulty role."
    })
public final class DoctorCommand implements Callable<Integer> {

  private static final int WIDEST_SUBJECT = 12;

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLE",
      description = "The role whose sandbox is looked at.")
  private @Nullable Path file;

  @Option(names = "--role", paramLabel = "ROLE", description = "The same as ROLE alone.")
  private @Nullable Path named;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  public DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Map<String, List<Finding>> sections = new LinkedHashMap<>();
    Optional<RoleSource> source = role().map(path -> RoleSource.of(path, console));
    sections.put("This machine", Doctor.thisMachine(console.environment()));
    source.ifPresent(read -> look(read, sections));
    if (json) {
      console.out().printLines(JsonText.of(tree(sections)));
    } else {
      sections.forEach(this::print);
    }
    return source.isPresent() && failed(sections.get("Role")) ? ExitCodes.FAILED : ExitCodes.OK;
  }

  private Optional<Path> role() {
    if (file != null && named != null) {
      throw new ParameterException(
          spec.commandLine(), "both ROLE and --role are given; give one of them");
    }
    return Optional.ofNullable(file).or(() -> Optional.ofNullable(named));
  }

  private static void look(RoleSource source, Map<String, List<Finding>> sections) {
    Role role = source.role();
    Map<String, String> environment = source.console().environment();
    List<Finding> host = Doctor.host(role, environment);
    if (!host.isEmpty()) {
      sections.put("Host " + role.sandbox().ssh().map(ssh -> ssh.host()).orElse(""), host);
    }
    sections.put("Role", List.of(Doctor.choice(role, environment)));
  }

  private static boolean failed(@Nullable List<Finding> findings) {
    return findings != null
        && findings.stream().anyMatch(finding -> finding.verdict() == Verdict.MISSING);
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
    sections.forEach((title, findings) ->
        findings.forEach(finding -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("where", title);
          entry.put("subject", finding.subject());
          entry.put("verdict", word(finding));
          entry.put("detail", finding.detail());
          finding.isolation().ifPresent(isolation -> entry.put("isolation", isolation));
          finding.remedy().ifPresent(remedy -> entry.put("remedy", remedy));
          all.add(entry);
        }));
    return Map.of("findings", all);
  }

  private static String word(Finding finding) {
    return finding.verdict().name().toLowerCase(Locale.ROOT);
  }
}
