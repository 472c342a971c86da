package initrunner.role.tools;

import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.text.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `- type: git`.
public record GitSettings(String repoPath, boolean readOnly, Duration timeout, int maxOutputBytes)
    implements ToolSettings {

  static final List<String> FUNCTIONS =
      Words.of(
          "git_status git_diff git_log git_show git_blame git_changed_files git_list_files git_add git_commit");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS =
      List.of("revision", "path", "staged", "count", "message");

  /// Other names of parameters.
  public static final List<String> OTHER_NAMES = List.of("ref", "max_count");

  public static final Section<GitSettings> SECTION =
      Section.of(GitSettings::of).checking(RulePaths::check);

  /// One where only `read_only: false` is written.
  public static GitSettings writing() {
    GitSettings usual = SECTION.defaults();
    return new GitSettings(usual.repoPath, false, usual.timeout, usual.maxOutputBytes);
  }

  private static GitSettings of(Fields f) {
    return new GitSettings(
        f.get(
            "repo_path",
            Text.notBlank().expanding(),
            ".",
            "Directory of the work tree, on the machine where tools run."),
        f.get("read_only", new Flag(), true, "Whether nothing may be added or committed."),
        ToolFields.timeout(f),
        ToolFields.maxOutputBytes(f));
  }

  @Override
  public String summary() {
    return "Tool git: %s the repository at %s, where the tools run.%s"
        .formatted(
            readOnly ? "reads" : "reads and commits to",
            repoPath,
            ToolFields.summary(Optional.empty(), timeout, maxOutputBytes));
  }

  @Override
  public Optional<String> directory() {
    return Optional.of(repoPath);
  }
}
