package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.tools.GitSettings;
import initrunner.ssh.SshdExtension;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Repositories whose configuration, attributes and hooks another person wrote.
@Timeout(120)
class HostileRepositoryTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// Keys of git-config(1) that name a program, each with the rest of its value.
  private static final List<String> PROGRAMS =
      List.of(
          "core.fsmonitor",
          "core.pager",
          "core.editor",
          "core.sshCommand",
          "core.gitProxy",
          "core.askPass",
          "core.alternateRefsCommand",
          "sequence.editor",
          "pager.status",
          "pager.diff",
          "pager.log",
          "pager.show",
          "pager.blame",
          "pager.ls-files",
          "diff.external",
          "diff.x.command",
          "diff.x.textconv",
          "diff.guitool",
          "difftool.x.cmd",
          "filter.x.clean",
          "filter.x.smudge",
          "filter.x.process",
          "filter.A.b c.clean",
          "merge.x.driver",
          "mergetool.x.cmd",
          "interactive.diffFilter",
          "gpg.program",
          "gpg.openpgp.program",
          "gpg.x509.program",
          "gpg.ssh.program",
          "gpg.ssh.defaultKeyCommand",
          "credential.helper",
          "trailer.x.command",
          "trailer.x.cmd",
          "hook.x.command",
          "remote.origin.proxy",
          "remote.origin.uploadpack",
          "browser.x.cmd",
          "man.x.cmd",
          "sendemail.sendmailCmd",
          "submodule.s.update",
          "tar.x.command",
          "uploadpack.packObjectsHook");

  /// Other keys that switch a program on.
  private static final List<List<String>> SWITCHES =
      List.of(
          List.of("log.showSignature", "true"),
          List.of("log.diffMerges", "remerge"),
          List.of("format.pretty", "%G? %(trailers)"),
          List.of("diff.submodule", "diff"),
          List.of("diff.ignoreSubmodules", "none"),
          List.of("status.submoduleSummary", "true"),
          List.of("submodule.recurse", "true"),
          List.of("submodule.s.ignore", "none"),
          List.of("filter.x.required", "true"),
          List.of("diff.x.cachetextconv", "true"),
          List.of("hook.x.event", "post-index-change"),
          List.of("commit.gpgSign", "true"),
          List.of("protocol.allow", "always"),
          List.of("protocol.ext.allow", "always"));

  @TempDir Path directory;
  private Path tree = Path.of("");
  private Path mark = Path.of("");
  private String program = "";

  @BeforeEach
  void makeTree() throws Exception {
    mark = directory.resolve("started");
    Path file =
        Files.writeString(
            directory.resolve("program"), "#!/bin/sh\necho \"$0 $*\" >>" + mark + "\nexit 1\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    program = file.toString();
    tree = repository("tree");
  }

  private Path repository(String name) throws Exception {
    Path made = Files.createDirectories(directory.resolve(name));
    git(made, "init", "-q", "-b", "main");
    git(made, "config", "user.name", "A");
    git(made, "config", "user.email", "a@example.org");
    Files.writeString(made.resolve("a.txt"), "one\n");
    git(made, "add", ".");
    git(made, "commit", "-qm", "First");
    Files.writeString(made.resolve("a.txt"), "two\n");
    git(made, "commit", "-qam", "Second");
    return made;
  }

  @Test
  void readingStartsNothingThatAnyKeyOfTheConfigurationNames() throws Exception {
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      makeHostile();
      callsOfAllReadingFunctions(side, tree);
      assertThat(mark).doesNotExist();

      new ProcessBuilder("git", "status")
          .directory(tree.toFile())
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve("printed").toFile())
          .start()
          .waitFor();
      assertThat(mark).as("what git alone would have started").exists();
    }
  }

  /// Has a submodule that names programs, too, a merge with its drivers, a signed commit, and a
  /// commit of which a part exists only at a remote that is a program.
  private void makeHostile() throws Exception {
    Path inner = repository("inner");
    git(tree, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.toString(), "s");
    git(tree, "commit", "-qm", "With a submodule");
    git(tree, "checkout", "-qb", "side", "HEAD~1");
    Files.writeString(tree.resolve("a.txt"), "three\n");
    git(tree, "commit", "-qam", "Third");
    git(tree, "checkout", "-q", "main");
    git(tree, "merge", "-q", "-s", "ours", "-m", "Merged", "side");
    String signed =
        git(tree, "cat-file", "commit", "HEAD")
            .replaceFirst(
                "\n\n",
                "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n");
    Path commit = Files.writeString(directory.resolve("commit"), signed);
    String hash =
        git(tree, "hash-object", "-t", "commit", "-w", "--literally", commit.toString()).strip();
    git(tree, "reset", "-q", hash);
    Files.writeString(tree.resolve("s/a.txt"), "changed in the submodule\n");
    git(tree.resolve("s"), "commit", "-qam", "Other");
    Files.writeString(tree.resolve("s/a.txt"), "changed again\n");
    Files.writeString(tree.resolve("a.txt"), "four\n");
    Files.writeString(tree.resolve("new"), "x\n");
    for (Path repository : List.of(tree, tree.resolve("s"))) {
      for (String key : PROGRAMS) {
        git(repository, "config", key, key.equals("submodule.s.update") ? "!" + program : program);
      }
      for (List<String> setting : SWITCHES) {
        git(repository, "config", setting.getFirst(), setting.getLast());
      }
      git(repository, "config", "alias.status", "!" + program);
      git(repository, "config", "remote.origin.url", "ext::" + program);
      git(repository, "config", "remote.origin.promisor", "true");
      git(repository, "config", "core.repositoryFormatVersion", "1");
      git(repository, "config", "extensions.partialClone", "origin");
      Path gitDirectory = repository.resolve(git(repository, "rev-parse", "--git-dir").strip());
      Files.createDirectories(gitDirectory.resolve("info"));
      Files.writeString(
          gitDirectory.resolve("info/attributes"),
          "* diff=x filter=x merge=x\nnew filter=\"A.b\\040c\"\n");
      for (String hook :
          List.of(
              "post-index-change",
              "fsmonitor-watchman",
              "reference-transaction",
              "pre-auto-gc",
              "post-checkout")) {
        Path at = Files.createDirectories(gitDirectory.resolve("hooks")).resolve(hook);
        Files.deleteIfExists(at);
        Files.createSymbolicLink(at, Path.of(program));
      }
    }
    String missing = git(tree, "rev-parse", "HEAD~3:a.txt").strip();
    Files.delete(
        tree.resolve(".git/objects")
            .resolve(missing.substring(0, 2))
            .resolve(missing.substring(2)));
    Files.deleteIfExists(mark);
  }

  private static void callsOfAllReadingFunctions(ToolSide side, Path tree) {
    RoleRuntime runtime = side.runtime(tree, settings(".", true));
    List<Map<String, Object>> all =
        List.of(
            Map.of(),
            Map.of("path", "a.txt"),
            Map.of("path", "s"),
            Map.of("path", "new"),
            Map.of("revision", "HEAD"),
            Map.of("revision", "HEAD~1..HEAD"),
            Map.of("revision", "HEAD~3..HEAD"),
            Map.of("revision", "HEAD:a.txt"),
            Map.of("revision", "HEAD~2"),
            Map.of("revision", "HEAD", "path", "a.txt"),
            Map.of("staged", true));
    for (Tool tool : runtime.tools()) {
      List<String> known = tool.parameters().stream().map(Tool.Parameter::name).toList();
      for (Map<String, Object> arguments : all) {
        if (known.containsAll(arguments.keySet())) {
          runtime.call(new ToolCall("c1", tool.name(), arguments));
        }
      }
    }
    assertThat(call(runtime, "git_status", Map.of()).text()).contains("## main", " M a.txt");
    assertThat(call(runtime, "git_diff", Map.of("path", "a.txt")).text()).contains("+four");
    assertThat(call(runtime, "git_log", Map.of()).text()).contains("Merged", "First");
    assertThat(call(runtime, "git_blame", Map.of("path", "a.txt")).text()).contains("four");
    assertThat(call(runtime, "git_show", Map.of()).text()).contains("Merged");
  }

  @Test
  void aRepositoryThatADirectoryOfTheTreeLooksLikeIsNotObeyed() throws Exception {
    Path bare = Files.createDirectories(tree.resolve("bare"));
    git(bare, "init", "-q", "--bare");
    git(bare, "config", "core.fsmonitor", program);
    Path disguised = Files.createDirectories(tree.resolve("disguised"));
    git(disguised, "init", "-q", "--bare");
    git(disguised, "config", "core.bare", "false");
    git(disguised, "config", "core.worktree", disguised.toString());
    git(disguised, "config", "core.fsmonitor", program);
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      for (String name : List.of("bare", "disguised", "disguised/refs", ".git")) {
        RoleRuntime runtime = side.runtime(tree, settings(name, true));
        for (String function : List.of("git_status", "git_log", "git_list_files")) {
          assertThat(call(runtime, function, Map.of()).status())
              .as(name + " " + function)
              .isEqualTo(Status.FAILED);
        }
      }
    }
    assertThat(mark).doesNotExist();
  }

  @Test
  void noConfigurationShowsAnotherWorkTreeAndNoGitFileAnotherRepository() throws Exception {
    Path other = repository("other");
    Files.writeString(other.resolve("secret-name"), "hunter2\n");
    git(other, "add", ".");
    git(other, "commit", "-qm", "hunter2");
    Files.createDirectories(directory.resolve("linked"));
    Path inTree = Files.createDirectories(tree.resolve("in"));
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      for (String worktree : List.of("/", directory.toString(), "../..", other.toString())) {
        git(tree, "--git-dir=.git", "config", "core.worktree", worktree);
        assertFailsUnseen(side, tree);
        assertFailsUnseen(side, inTree);
      }
      git(tree, "--git-dir=.git", "config", "--unset", "core.worktree");
      assertThat(call(side.runtime(tree, settings(".", true)), "git_status", Map.of()).status())
          .isEqualTo(Status.SUCCEEDED);

      Path file = tree.resolve("in/.git");
      Files.writeString(file, "gitdir: " + other.resolve(".git") + "\n");
      assertFailsUnseen(side, inTree);
      Files.delete(file);
      Files.createSymbolicLink(file, other.resolve(".git"));
      assertFailsUnseen(side, inTree);
      Files.delete(file);
      Files.writeString(tree.resolve(".git/commondir"), other.resolve(".git") + "\n");
      assertFailsUnseen(side, tree);
    }
  }

  private static void assertFailsUnseen(ToolSide side, Path where) {
    RoleRuntime runtime = side.runtime(where, settings(".", true));
    for (String function : List.of("git_status", "git_log", "git_list_files", "git_diff")) {
      ToolResult result = call(runtime, function, Map.of());
      assertThat(result.status()).as(function + result.text()).isEqualTo(Status.FAILED);
      assertThat(result.text()).doesNotContain("hunter2", "secret-name");
    }
  }

  @Test
  void aLinkedWorkTreeAndASubmoduleAreRead() throws Exception {
    Path inner = repository("inner");
    git(tree, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.toString(), "s");
    git(tree, "worktree", "add", "-q", directory.resolve("linked").toString());
    Files.createSymbolicLink(directory.resolve("named"), tree);
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      for (Path where :
          List.of(tree.resolve("s"), directory.resolve("linked"), directory.resolve("named"))) {
        RoleRuntime runtime = side.runtime(where, settings(".", true));
        assertThat(call(runtime, "git_log", Map.of()).text()).as(where + "").contains("Second");
        assertThat(call(runtime, "git_list_files", Map.of()).text()).contains("a.txt");
      }
    }
  }

  @Test
  void whatIsPrintedDoesNotDependOnTheConfiguration() throws Exception {
    Files.writeString(tree.resolve("a.txt"), "two\nthree\n");
    for (String name :
        List.of("caf\u00e9.txt", "two words", "tab\there", " edge", "quo\"te", "back\\slash")) {
      Files.writeString(tree.resolve(name), "x\n");
    }
    git(tree, "mv", "a.txt", "b c.txt");
    Map<String, Object> none = Map.of();
    Map<String, Map<String, Object>> calls =
        Map.of(
            "git_status",
            none,
            "git_diff",
            none,
            "git_log",
            none,
            "git_show",
            none,
            "git_blame",
            Map.of("path", "a.txt", "revision", "HEAD"),
            "git_changed_files",
            none,
            "git_list_files",
            none);
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      RoleRuntime runtime = side.runtime(tree, settings(".", false));
      List<String> before = answers(runtime, calls);
      assertThat(call(runtime, "git_status", none).text())
          .contains(
              "RM a.txt -> b c.txt",
              "?? caf\u00e9.txt",
              "?? two words",
              "?? \"tab\\there\"",
              "?? \" edge\"",
              "?? quo\"te",
              "?? back\\slash");
      for (List<String> setting : OUTPUT) {
        git(tree, "config", setting.getFirst(), setting.getLast());
      }
      Files.writeString(tree.resolve(".git/info/attributes"), "b* diff=y\n");
      assertThat(answers(runtime, calls)).isEqualTo(before);
      for (String name : List.of("caf\u00e9.txt", "two words", "tab\there", " edge", "quo\"te")) {
        assertThat(call(runtime, "git_add", Map.of("path", name)).status())
            .as(name)
            .isEqualTo(Status.SUCCEEDED);
      }
      assertThat(call(runtime, "git_list_files", none).text())
          .contains("caf\u00e9.txt", "two words", "\"tab\\there\"", "\" edge\"", "quo\"te");
      assertThat(call(runtime, "git_changed_files", Map.of("revision", "HEAD")).text())
          .contains("A caf\u00e9.txt", "D a.txt", "A b c.txt", "A \"tab\\there\"");
    }
  }

  private static final List<List<String>> OUTPUT =
      List.of(
          List.of("core.quotePath", "true"),
          List.of("core.abbrev", "40"),
          List.of("color.ui", "always"),
          List.of("color.diff", "always"),
          List.of("color.status", "always"),
          List.of("color.advice", "always"),
          List.of("column.ui", "always"),
          List.of("column.status", "always"),
          List.of("diff.noprefix", "true"),
          List.of("diff.mnemonicPrefix", "true"),
          List.of("diff.context", "0"),
          List.of("diff.renames", "false"),
          List.of("diff.relative", "true"),
          List.of("diff.colorMoved", "zebra"),
          List.of("diff.y.binary", "true"),
          List.of("diff.y.xfuncname", "^(t).*"),
          List.of("diff.orderFile", "/etc/passwd"),
          List.of("log.date", "unix"),
          List.of("log.decorate", "full"),
          List.of("log.abbrevCommit", "true"),
          List.of("log.showRoot", "false"),
          List.of("log.mailmap", "false"),
          List.of("mailmap.file", "/etc/passwd"),
          List.of("format.pretty", "oneline"),
          List.of("i18n.logOutputEncoding", "UTF-16"),
          List.of("status.short", "false"),
          List.of("status.branch", "false"),
          List.of("status.renames", "false"),
          List.of("status.showUntrackedFiles", "no"),
          List.of("status.relativePaths", "false"),
          List.of("status.showStash", "true"),
          List.of("blame.coloring", "highlightRecent"),
          List.of("blame.date", "unix"),
          List.of("blame.showEmail", "true"));

  private static List<String> answers(RoleRuntime runtime, Map<String, Map<String, Object>> calls) {
    return calls.entrySet().stream()
        .map(entry -> call(runtime, entry.getKey(), entry.getValue()))
        .map(result -> result.status() + " " + result.text())
        .toList();
  }

  @Test
  void noFileOfTheHostIsShownByAKeyThatNamesOne() throws Exception {
    Path file = Files.writeString(directory.resolve("outside"), "hunter2 <a@example.org>\n");
    Files.createSymbolicLink(tree.resolve("link"), file);
    Files.writeString(tree.resolve("ignored"), "");
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      RoleRuntime runtime = side.runtime(tree, settings(".", false));
      for (String named : List.of(file.toString(), "../outside", "link")) {
        for (String key :
            List.of(
                "blame.ignoreRevsFile",
                "mailmap.file",
                "diff.orderFile",
                "commit.template",
                "core.excludesFile",
                "core.attributesFile")) {
          git(tree, "config", key, named);
          for (String function : List.of("git_status", "git_log", "git_show", "git_diff")) {
            assertThat(call(runtime, function, Map.of()).text()).doesNotContain("hunter2");
          }
          assertThat(call(runtime, "git_blame", Map.of("path", "a.txt")).text())
              .as(key + " " + named)
              .doesNotContain("hunter2");
          git(tree, "config", "--unset", key);
        }
      }
      git(tree, "config", "blame.ignoreRevsFile", "ignored");
      assertThat(call(runtime, "git_blame", Map.of("path", "a.txt")).status())
          .isEqualTo(Status.SUCCEEDED);
    }
  }

  @Test
  void noFileOfTheHostIsShownByALinkInTheRepositoryOrByWhatAConfigurationIncludes()
      throws Exception {
    Path file = Files.writeString(directory.resolve("outside"), "hunter2\nhunter2 again\n");
    Path linked = directory.resolve("linked");
    git(tree, "worktree", "add", "-q", linked.toString());
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      for (String name :
          List.of(
              "HEAD",
              "ORIG_HEAD",
              "MERGE_HEAD",
              "FETCH_HEAD",
              "config",
              "index",
              "packed-refs",
              "shallow",
              "logs/HEAD",
              "refs/heads/x",
              "info/grafts",
              "info/attributes",
              "info/exclude",
              "objects/info/alternates",
              "objects/info/commit-graph")) {
        Path link = tree.resolve(".git").resolve(name);
        Path kept = directory.resolve("kept");
        if (Files.exists(link)) {
          Files.move(link, kept);
        }
        Files.createDirectories(link.resolveSibling(""));
        Files.createSymbolicLink(link, file);
        assertNothingShown(side, name);
        Files.delete(link);
        if (Files.exists(kept)) {
          Files.move(kept, link);
        }
      }
      Path configuration = tree.resolve(".git/config");
      String before = Files.readString(configuration);
      git(tree, "config", "include.path", file.toString());
      assertNothingShown(side, "include.path");
      Files.writeString(configuration, before);

      Files.createSymbolicLink(
          tree.resolve(".git/shallow"), Files.writeString(directory.resolve("shallow"), ""));
      assertThat(call(side.runtime(tree, settings(".", true)), "git_log", Map.of()).text())
          .as("as in a work tree that shares the files of another repository")
          .contains("Second");
    }
  }

  private void assertNothingShown(ToolSide side, String how) {
    for (Path each : List.of(tree, directory.resolve("linked"))) {
      RoleRuntime runtime = side.runtime(each, settings(".", true));
      for (String function :
          List.of("git_status", "git_log", "git_show", "git_diff", "git_list_files")) {
        assertThat(call(runtime, function, Map.of()).text())
            .as(how + " " + function)
            .doesNotContain("hunter2");
      }
    }
  }

  /// The variables of a hook that starts a run.
  @Test
  void theEnvironmentNamesNoOtherRepository() throws Exception {
    Path other = repository("other");
    git(other, "commit", "-q", "--allow-empty", "-m", "hunter2");
    try (ToolSide side = ToolSide.open(ToolSide.Where.THIS_MACHINE, sshd)) {
      for (String variable :
          List.of(
              "GIT_DIR=" + other.resolve(".git"),
              "GIT_COMMON_DIR=" + other.resolve(".git"),
              "GIT_WORK_TREE=" + other,
              "GIT_INDEX_FILE=" + other.resolve(".git/index"),
              "GIT_OBJECT_DIRECTORY=" + other.resolve(".git/objects"),
              "GIT_EXTERNAL_DIFF=" + program,
              "GIT_ICASE_PATHSPECS=1",
              "GIT_CONFIG_PARAMETERS='core.fsmonitor'='" + program + "'",
              "GIT_TRACE=2")) {
        RoleRuntime runtime =
            side.runtime(tree, ToolSide.wrapping("env", variable), settings(".", true));
        assertThat(call(runtime, "git_log", Map.of()).text())
            .as(variable)
            .contains("Second")
            .doesNotContain("hunter2", "trace:");
        assertThat(call(runtime, "git_diff", Map.of("path", "a.txt")).text())
            .isEqualTo("(no output)");
      }
    }
    assertThat(mark).doesNotExist();
  }

  private static GitSettings settings(String repository, boolean readOnly) {
    return new GitSettings(repository, readOnly, Duration.ofSeconds(30), 102_400);
  }

  private static ToolResult call(
      RoleRuntime runtime, String function, Map<String, Object> arguments) {
    return runtime.call(new ToolCall("c1", function, arguments));
  }

  private static String git(Path where, String... words) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of("git"), Stream.of(words)).toList();
    Process process =
        new ProcessBuilder(new ArrayList<>(command))
            .directory(where.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command + output).isZero();
    return output;
  }
}
