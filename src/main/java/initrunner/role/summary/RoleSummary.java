package initrunner.role.summary;

import initrunner.role.Role;
import initrunner.role.Security.RecordedContents;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelUrl;
import initrunner.role.sandbox.DockerSettings;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.tools.DateTimeSettings;
import initrunner.role.tools.ThinkSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.TransferSettings;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A role in plain language: which model, which tools, where they run, what holds them back, and
/// which settings have no effect. Stateless.
public final class RoleSummary {

  private static final int MOST_LINES = 1000;
  private static final int MOST_CHARACTERS = 4000;

  private RoleSummary() {}

  /// One sentence a line, without anything that a terminal would obey.
  public static String of(Role role) {
    List<String> lines = new ArrayList<>();
    lines.add(agent(role));
    role.model().ifPresent(model -> lines.addAll(LimitSummary.fallback(model)));
    lines.addAll(where(role));
    if (role.tools().isEmpty()) {
      lines.add("It has no tools.");
    }
    role.tools().forEach(granted -> lines.add(ToolSummary.of(granted) + in(granted, role)));
    lines.addAll(LimitSummary.of(role));
    lines.addAll(kept(role.security().recorded()));
    if (role.sandboxNames().isEmpty()) {
      lines.addAll(ReachSummary.ofSandbox(role));
    }
    lines.addAll(ReachSummary.of(role));
    if (role.sandboxNames().isEmpty()) {
      lines.addAll(withoutEffect(role.sandbox()));
    }
    if (!role.withoutEffect().isEmpty()) {
      lines.add("Without effect here: " + String.join(", ", role.withoutEffect()) + ".");
    }
    return shown(lines);
  }

  /// What each of its tools may do, and what is refused: one line for each tool, without anything
  /// that a terminal would obey.
  public static String tools(Role role) {
    return shown(
        role.tools().stream().map(granted -> ToolSummary.of(granted) + in(granted, role)).toList());
  }

  private static String shown(List<String> lines) {
    return bounded(lines).stream().map(SafeText::escaped).collect(Collectors.joining("\n"));
  }

  private static List<String> bounded(List<String> lines) {
    List<String> shown = new ArrayList<>();
    lines.stream().limit(MOST_LINES).map(RoleSummary::bounded).forEach(shown::add);
    if (lines.size() > MOST_LINES) {
      shown.add("… " + (lines.size() - MOST_LINES) + " lines more: look at the file itself.");
    }
    return shown;
  }

  private static String bounded(String line) {
    int left = line.codePointCount(0, line.length()) - MOST_CHARACTERS;
    return left <= 0
        ? line
        : SafeText.cut(line, MOST_CHARACTERS)
            + " ("
            + left
            + " characters more: look at the file itself.)";
  }

  private static String agent(Role role) {
    String name = "Agent " + role.metadata().name();
    Optional<ModelSettings> model = role.model().filter(m -> !m.name().isBlank());
    if (model.isEmpty()) {
      return name
          + " names no model: a run takes it from --model, INITRUNNER_MODEL, run.yaml, the first"
          + " provider whose key is set, or Ollama.";
    }
    ModelSettings used = model.get();
    String provider = used.provider().isBlank() ? "" : used.provider() + "/";
    String at = used.baseUrl().map(url -> " at " + ModelUrl.shown(url)).orElse("");
    return name + " uses " + provider + used.name() + at + ".";
  }

  private static List<String> kept(RecordedContents recorded) {
    List<String> most = new ArrayList<>();
    recorded.retentionDays().ifPresent(days -> most.add("of " + days + " days"));
    recorded.maxRecords().ifPresent(records -> most.add("the newest " + records + " of each kind"));
    return most.isEmpty()
        ? List.of()
        : List.of(
            "The audit log keeps of its records only those "
                + String.join(", and of these ", most)
                + ".");
  }

  private static String in(ToolGrant granted, Role role) {
    List<String> byDefault =
        isPlaced(granted) ? role.sandboxNames().stream().limit(1).toList() : List.of();
    List<String> all = granted.sandboxes().isEmpty() ? byDefault : granted.sandboxes();
    return all.isEmpty() ? "" : " In " + String.join(", ", all) + "." + moving(granted, all, role);
  }

  /// Whether where it works depends on the sandbox.
  private static boolean isPlaced(ToolGrant granted) {
    return switch (granted.tool()) {
      case DateTimeSettings _, ThinkSettings _ -> false;
      default -> true;
    };
  }

  /// Files of this machine go to other machines alone.
  private static String moving(ToolGrant granted, List<String> all, Role role) {
    if (!(granted.tool() instanceof TransferSettings transfer
        && transfer.localRoot().isPresent())) {
      return "";
    }
    List<String> elsewhere =
        all.stream()
            .filter(role.security().sandboxes().all()::containsKey)
            .filter(name -> role.at(name).sandbox().backend() == Backend.SSH)
            .toList();
    boolean isPartly =
        elsewhere.size() < all.size() && role.security().sandboxes().all().size() > 1;
    return (isPartly ? " Between this machine and " + String.join(", ", elsewhere) + " alone." : "")
        + (transfer.copy() ? " It also copies files between sandboxes." : "");
  }

  /// A sandbox that each of the tools leaves out may be a mistake.
  private static List<String> unused(Role role) {
    return role.tools().isEmpty()
        ? List.of()
        : role.sandboxNames().stream()
            .filter(name -> role.at(name).tools().stream().noneMatch(RoleSummary::isPlaced))
            .map(name -> "Sandbox " + name + ": no tool is in it.")
            .toList();
  }

  /// Each of several sandboxes is named, the default first.
  private static List<String> where(Role role) {
    if (role.sandboxNames().isEmpty()) {
      return where(role.sandbox());
    }
    List<String> lines = new ArrayList<>();
    for (String name : role.sandboxNames()) {
      Role one = role.at(name);
      lines.add(
          "Sandbox "
              + name
              + (lines.isEmpty() ? ", the default: " : ": ")
              + String.join(" ", where(one.sandbox()))
              + String.join("", withoutEffect(one.sandbox()).stream().map(" "::concat).toList()));
      ReachSummary.ofSandbox(one).forEach(line -> lines.add("Sandbox " + name + ": " + line));
    }
    lines.addAll(unused(role));
    lines.addAll(sameHosts(role));
    return lines;
  }

  /// Compares hosts as they are written; doctor asks ssh.
  private static List<String> sameHosts(Role role) {
    SequencedMap<List<Object>, List<String>> names = new LinkedHashMap<>();
    for (String name : role.sandboxNames()) {
      SandboxSettings sandbox = role.at(name).sandbox();
      sandbox
          .ssh()
          .filter(_ -> sandbox.backend() == Backend.SSH)
          .ifPresent(ssh ->
              names
                  .computeIfAbsent(List.of(ssh.host(), ssh.configFile()), _ -> new ArrayList<>())
                  .add(name));
    }
    return names.values().stream()
        .filter(same -> same.size() > 1)
        .map(same ->
            "Sandboxes "
                + String.join(" and ", same)
                + " are on the same host: what one changes there, the others see.")
        .toList();
  }

  private static List<String> where(SandboxSettings sandbox) {
    return switch (sandbox.backend()) {
      case SSH -> sandbox.ssh().map(ssh -> overSsh(ssh, sandbox)).orElse(List.of());
      case NONE ->
          List.of(
              "Its tools run on this machine.",
              "Nothing contains them: a command can do all that you can.");
      case BWRAP -> here(sandbox, "inside bubblewrap");
      case DOCKER -> here(sandbox, "each call in a new container of " + sandbox.docker().image());
      case AUTO -> here(sandbox, "inside bubblewrap or, where that does not work, in Docker");
    };
  }

  private static List<String> overSsh(SshSettings ssh, SandboxSettings sandbox) {
    String where =
        "Its tools run on "
            + ssh.host()
            + " over ssh, in "
            + ssh.remoteCwd().orElse("the login directory");
    return switch (ssh.launcher()) {
      case NONE ->
          List.of(
              where + ".",
              "That is remote execution, not isolation: a command can do all that the account there"
                  + " can.");
      case BWRAP -> List.of(where + ", there inside bubblewrap.", limits(sandbox));
      case DOCKER ->
          List.of(
              where + ", there each call in a new container of " + sandbox.docker().image() + ".",
              limits(sandbox));
      case SLURM ->
          List.of(
              where + ", each call as a job of the cluster there.",
              ("A job has %s of memory and %s processors%s; the cluster decides what else it"
                      + " can do.")
                  .formatted(sandbox.memoryLimit(), sandbox.cpuLimit(), counted(sandbox)));
    };
  }

  private static List<String> here(SandboxSettings sandbox, String how) {
    return List.of("Its tools run on this machine, " + how + ".", limits(sandbox));
  }

  private static String limits(SandboxSettings sandbox) {
    return "Each call has network %s, %s of memory and %s processors%s%s"
        .formatted(
            word(sandbox.network()),
            sandbox.memoryLimit(),
            sandbox.cpuLimit(),
            counted(sandbox),
            isHeld(sandbox) ? "." : "; these limits hold where the sandbox can enforce them.");
  }

  private static boolean isHeld(SandboxSettings sandbox) {
    return sandbox.askedLimits() == SandboxSettings.AskedLimits.SOME
        && sandbox.limits() == SandboxSettings.LimitPolicy.ENFORCE;
  }

  private static String counted(SandboxSettings sandbox) {
    return sandbox.processLimit().map(most -> ", at most " + most + " processes").orElse("")
        + sandbox.fileSizeLimit().map(most -> ", writes files of at most " + most).orElse("");
  }

  private static List<String> withoutEffect(SandboxSettings sandbox) {
    if (sandbox.backend() != Backend.SSH) {
      return sandbox
          .ssh()
          .map(_ -> "Not used: ssh, since backend is " + word(sandbox.backend()) + ".")
          .stream()
          .toList();
    }
    if (sandbox.ssh().filter(ssh -> ssh.launcher() != SshSettings.Launcher.NONE).isPresent()) {
      return List.of();
    }
    List<String> set = inertAndSet(sandbox);
    return List.of(
        "Without effect over ssh: network, memory_limit, cpu_limit, read_only_rootfs, "
            + "env_passthrough, docker."
            + (set.isEmpty() ? "" : " This role sets " + String.join(", ", set) + "."));
  }

  private static List<String> inertAndSet(SandboxSettings sandbox) {
    List<String> set = new ArrayList<>();
    note(set, "network", sandbox, SandboxSettings::network);
    note(set, "memory_limit", sandbox, SandboxSettings::memoryLimit);
    note(set, "cpu_limit", sandbox, SandboxSettings::cpuLimit);
    note(set, "process_limit", sandbox, SandboxSettings::processLimit);
    note(set, "file_size_limit", sandbox, SandboxSettings::fileSizeLimit);
    note(set, "read_only_rootfs", sandbox, SandboxSettings::readOnlyRootfs);
    note(set, "env_passthrough", sandbox, SandboxSettings::envPassthrough);
    note(set, "docker.image", sandbox, docker(DockerSettings::image));
    note(set, "docker.user", sandbox, docker(DockerSettings::user));
    note(set, "docker.extra_args", sandbox, docker(DockerSettings::extraArgs));
    note(set, "docker.runtime", sandbox, docker(DockerSettings::runtime));
    return set;
  }

  private static Function<SandboxSettings, Object> docker(Function<DockerSettings, Object> part) {
    return sandbox -> part.apply(sandbox.docker());
  }

  private static void note(
      List<String> set, String key, SandboxSettings sandbox, Function<SandboxSettings, Object> of) {
    if (!of.apply(sandbox).equals(of.apply(SandboxSettings.DEFAULT))) {
      set.add(key + " (" + shown(of.apply(sandbox)) + ")");
    }
  }

  private static String shown(Object value) {
    return switch (value) {
      case Enum<?> constant -> word(constant);
      case Optional<?> maybe -> maybe.map(Object::toString).orElse("null");
      case List<?> list -> list.stream().map(Object::toString).collect(Collectors.joining(" "));
      default -> value.toString();
    };
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
