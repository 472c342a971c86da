package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import initrunner.tool.CallPermissions.Default;
import initrunner.tool.CallPermissions.Rule;
import initrunner.tool.CallPermissions.Verdict;
import initrunner.tool.files.FileTool;
import initrunner.tool.git.GitTool;
import initrunner.tool.policy.CommandPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallPermissionsTest {

  private static final Tool SHELL =
      new ShellTool(
          new CommandPolicy(List.of(), List.of()),
          new CallBounds(Limits.unbounded(), 1000, Optional.empty()));

  private static final CallBounds WORK =
      new CallBounds(Limits.unbounded(), 1000, Optional.of("/srv/work"));

  @Test
  void whatDeniesIsStrongerThanWhatAllows() {
    CallPermissions permissions =
        new CallPermissions(
            Default.ALLOW, List.of(rule("command=git *")), List.of(rule("command=git push*")));

    assertThat(judge(permissions, "git status")).isEqualTo(new Verdict.Allowed());
    assertThat(judge(permissions, "git push --force"))
        .isEqualTo(
            new Verdict.Denied(
                "Permission denied: run_shell -- blocked by rule: command=git push*"));
    assertThat(judge(permissions, "make")).isEqualTo(new Verdict.Allowed());
  }

  @Test
  void theDefaultDecidesWhereNoRuleMeets() {
    CallPermissions permissions =
        new CallPermissions(Default.DENY, List.of(rule("command=git *")), List.of());

    assertThat(judge(permissions, "git log")).isEqualTo(new Verdict.Allowed());
    assertThat(judge(permissions, "make"))
        .isEqualTo(new Verdict.Denied("Permission denied: run_shell -- blocked by default policy"));
  }

  @Test
  void anotherWayOfWritingDoesNotPassByWhatDenies() {
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("command=git push*")));

    for (String written :
        List.of("git  push", "  git push", "git 'push' origin", "\"git\" push", "git\tpush")) {
      assertThat(judge(permissions, written)).as(written).isInstanceOf(Verdict.Denied.class);
    }
  }

  @Test
  void noPathOfAProgramAndNoWrapperPassesByWhatDenies() {
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("command=git push*")));

    for (String written :
        List.of(
            "/usr/bin/git push",
            "env git push",
            "/usr/bin/env A=b /usr/bin/git push origin",
            "nice -n 5 timeout 10 git push",
            "env -S 'A=b git push' origin",
            "env -Sgit push",
            "xargs -n 1 git push",
            "sshpass -f f git push",
            "ssh host git push",
            "some-wrapper -v git push origin",
            "some-wrapper --run /usr/bin/git push",
            "some-wrapper 'git push origin'",
            "env ./some-wrapper --exec=git push")) {
      assertThat(judge(permissions, written)).as(written).isInstanceOf(Verdict.Denied.class);
    }
    for (String written :
        List.of(
            "env git status",
            "/usr/bin/git log",
            "echo git push",
            "some-wrapper git status",
            "some-tool --message git-push",
            "python3 -m git push")) {
      assertThat(judge(permissions, written)).as(written).isEqualTo(new Verdict.Allowed());
    }
  }

  @Test
  void aRuleAboutAWholePathOfAProgramMeetsItBehindAWrapper() {
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("command=/opt/deploy*")));

    assertThat(judge(permissions, "env /opt/deploy now")).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void noWayOfWritingAPathPassesByWhatDenies() {
    Tool read = files(FileTool.Function.READ);
    for (String rule : List.of("path=secrets/*", "path=/srv/work/secrets/*")) {
      CallPermissions permissions =
          new CallPermissions(Default.ALLOW, List.of(), List.of(rule(rule)));

      for (String written :
          List.of(
              "secrets/key",
              "./secrets/key",
              "a/../secrets/key",
              "secrets//key",
              "/srv/work/secrets/key",
              "/srv/./work/a/../secrets/key")) {
        assertThat(permissions.judge(read, Map.of("path", written)))
            .as(rule + " " + written)
            .isInstanceOf(Verdict.Denied.class);
      }
      assertThat(permissions.judge(read, Map.of("path", "public/key")))
          .isEqualTo(new Verdict.Allowed());
    }
  }

  /// No locale can write half of a surrogate pair in a file's name.
  @Test
  void noCharacterInAPathPassesByWhatDenies() {
    CallPermissions denying =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("path=secrets/*")));
    CallPermissions allowing =
        new CallPermissions(Default.DENY, List.of(rule("path=docs/*")), List.of());

    for (String key : List.of("\ud83d", "ä\ud83d", "a\0")) {
      for (String written :
          List.of("./secrets/" + key, "docs/../secrets/" + key, "/srv/work/secrets/" + key)) {
        assertThat(denying.judge(files(FileTool.Function.READ), Map.of("path", written)))
            .as(written)
            .isInstanceOf(Verdict.Denied.class);
        assertThat(denying.judge(gitShow(), Map.of("revision", "HEAD:" + written)))
            .as(written)
            .isInstanceOf(Verdict.Denied.class);
      }
      assertThat(
              allowing.judge(
                  files(FileTool.Function.READ), Map.of("path", "docs/../secrets/" + key)))
          .isInstanceOf(Verdict.Denied.class);
    }
  }

  @Test
  void aPathThatLeadsUpDoesNotPassByARuleWhereTheDirectoryIsNotKnown() {
    Tool show =
        new GitTool(
            GitTool.Function.SHOW,
            List.of(),
            new CallBounds(Limits.unbounded(), 1000, Optional.of("~/work")));
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("path=secrets/*")));

    assertThat(permissions.judge(show, Map.of("path", "../work/secrets/key")))
        .isInstanceOf(Verdict.Denied.class);
    assertThat(permissions.judge(show, Map.of("path", "../work/docs/key")))
        .isEqualTo(new Verdict.Allowed());
  }

  @Test
  void aPathBesideTheDirectoryDoesNotPassByARuleEither() {
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("path=../secrets/*")));

    for (String written : List.of("../secrets/key", "a/../../secrets/key", "/srv/secrets/key")) {
      assertThat(permissions.judge(gitShow(), Map.of("path", written)))
          .as(written)
          .isInstanceOf(Verdict.Denied.class);
    }
  }

  @Test
  void whatAllowsMeetsOnlyWhatIsWritten() {
    CallPermissions permissions =
        new CallPermissions(Default.DENY, List.of(rule("command=git status")), List.of());

    for (String written : List.of("'git status'", "env git status", "/tmp/git status")) {
      assertThat(judge(permissions, written)).as(written).isInstanceOf(Verdict.Denied.class);
    }
    assertThat(judge(permissions, "git status")).isEqualTo(new Verdict.Allowed());
  }

  @Test
  void whatAllowsAPathMeetsWhatItComesToAsWell() {
    CallPermissions permissions =
        new CallPermissions(
            Default.DENY,
            List.of(rule("path=docs/*"), rule("path=/srv/work/docs/*"), rule("path=[!s./]*")),
            List.of());

    for (Tool tool :
        List.of(files(FileTool.Function.READ), files(FileTool.Function.WRITE), gitShow())) {
      for (String written :
          List.of(
              "docs/../secrets/key",
              "docs/a/../../secrets/key",
              "docs/./../secrets/key",
              "docs//../secrets/key",
              "/srv/work/docs/../secrets/key",
              "./secrets/key",
              "docs/..")) {
        assertThat(permissions.judge(tool, Map.of("path", written)))
            .as(tool.name() + " " + written)
            .isInstanceOf(Verdict.Denied.class);
      }
      for (String written :
          List.of("docs/key", "docs/", "docs/a/../key", "docs//key", "/srv/work/docs/key", "a")) {
        assertThat(permissions.judge(tool, Map.of("path", written)))
            .as(tool.name() + " " + written)
            .isEqualTo(new Verdict.Allowed());
      }
    }
  }

  @Test
  void aPathFromTheRootDoesNotPassByARuleWhereTheDirectoryIsNotKnown() {
    Tool read =
        new FileTool(
            FileTool.Function.READ,
            List.of(),
            List.of(),
            new CallBounds(Limits.unbounded(), 1000, Optional.of(".")));
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("path=secrets/*")));

    assertThat(permissions.judge(read, Map.of("path", "/home/me/a/../secrets/key")))
        .isInstanceOf(Verdict.Denied.class);
    assertThat(permissions.judge(read, Map.of("path", "/home/me/docs/key")))
        .isEqualTo(new Verdict.Allowed());
  }

  @Test
  void aFileThatARevisionNamesIsAPath() {
    CallPermissions denying =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("path=secrets/*")));
    CallPermissions allowing =
        new CallPermissions(Default.DENY, List.of(rule("path=docs/*")), List.of());

    for (String revision :
        List.of(
            "HEAD:secrets/key",
            "HEAD:./a/../secrets/key",
            ":secrets/key",
            ":0:secrets/key",
            "HEAD^{/a:b}:secrets/key")) {
      assertThat(denying.judge(gitShow(), Map.of("revision", revision)))
          .as(revision)
          .isInstanceOf(Verdict.Denied.class);
      assertThat(allowing.judge(gitShow(), Map.of("revision", revision, "path", "docs/x")))
          .as(revision)
          .isInstanceOf(Verdict.Denied.class);
    }
    assertThat(denying.judge(gitShow(), Map.of("revision", "HEAD:docs/x")))
        .isEqualTo(new Verdict.Allowed());
    assertThat(allowing.judge(gitShow(), Map.of("revision", "HEAD~1", "path", "docs/x")))
        .isEqualTo(new Verdict.Allowed());
  }

  @Test
  void aPathThatIsLeftOutIsTheDirectoryItself() {
    for (String rule : List.of("path=.", "path=*", "path=/srv/work")) {
      CallPermissions permissions =
          new CallPermissions(Default.ALLOW, List.of(), List.of(rule(rule)));

      for (Tool tool : List.of(files(FileTool.Function.LIST), files(FileTool.Function.SEARCH))) {
        assertThat(permissions.judge(tool, Map.of())).as(rule).isInstanceOf(Verdict.Denied.class);
      }
    }
  }

  @Test
  void theDirectoryItselfCanBeAllowed() {
    CallPermissions permissions =
        new CallPermissions(Default.DENY, List.of(rule("path=.")), List.of());

    assertThat(permissions.judge(files(FileTool.Function.LIST), Map.of("path", ".")))
        .isEqualTo(new Verdict.Allowed());
    assertThat(permissions.judge(files(FileTool.Function.LIST), Map.of("path", "a")))
        .isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void aBareGlobIsComparedWithEveryLeafOfEveryArgument() {
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("*secret*")));

    assertThat(
            permissions.judge(
                SHELL, Map.of("a", 1, "b", List.of(Map.of("c", List.of("x", "my secret"))))))
        .isInstanceOf(Verdict.Denied.class);
    assertThat(permissions.judge(SHELL, Map.of("a", 1, "b", List.of("public"))))
        .isEqualTo(new Verdict.Allowed());
  }

  @Test
  void numbersAndTruthValuesAreComparedAsTheyAreWritten() {
    CallPermissions permissions =
        new CallPermissions(
            Default.ALLOW, List.of(), List.of(rule("depth=1?"), rule("force=true")));

    assertThat(permissions.judge(SHELL, Map.of("depth", 12))).isInstanceOf(Verdict.Denied.class);
    assertThat(permissions.judge(SHELL, Map.of("depth", 2))).isEqualTo(new Verdict.Allowed());
    assertThat(permissions.judge(SHELL, Map.of("force", true))).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void anArgumentIsFoundByDotsInNestedValuesAndOneThatIsNotThereIsMetByNothing() {
    CallPermissions permissions =
        new CallPermissions(Default.ALLOW, List.of(), List.of(rule("target.path=/etc/*")));

    assertThat(
            permissions.judge(
                SHELL, Map.of("target", Map.of("path", List.of("/tmp/x", "/etc/passwd")))))
        .isInstanceOf(Verdict.Denied.class);
    assertThat(permissions.judge(SHELL, Map.of("path", "/etc/passwd")))
        .isEqualTo(new Verdict.Allowed());
    assertThat(permissions.judge(SHELL, Map.of())).isEqualTo(new Verdict.Allowed());
  }

  @Test
  void noReasonRepeatsAnArgument() {
    CallPermissions permissions = new CallPermissions(Default.DENY, List.of(), List.of());

    assertThat(judge(permissions, "echo hunter2").toString()).doesNotContain("hunter2");
  }

  private static Tool files(FileTool.Function function) {
    return new FileTool(function, List.of(), List.of(), WORK);
  }

  private static Tool gitShow() {
    return new GitTool(GitTool.Function.SHOW, List.of(), WORK);
  }

  private static Verdict judge(CallPermissions permissions, String command) {
    return permissions.judge(SHELL, Map.of("command", command));
  }

  private static Rule rule(String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? new Rule(Optional.empty(), text)
        : new Rule(Optional.of(text.substring(0, equals)), text.substring(equals + 1));
  }
}
