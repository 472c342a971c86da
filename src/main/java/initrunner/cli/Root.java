package initrunner.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `initrunner` without a command: shows what there is.
@Command(
    name = "initrunner",
    versionProvider = Root.VersionLine.class,
    synopsisHeading = "",
    customSynopsis = "Usage: initrunner COMMAND [OPTIONS] …",
    description = {"", "An AI agent's tools, run on any machine you can ssh to.", ""},
    optionListHeading = "Options (before or after the command):%n",
    commandListHeading = "%nCommands (initrunner COMMAND --help shows more):%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner demo",
      "      the whole thing on a throw-away server of its own",
      "  initrunner exec --host my-build-box -- uname -a",
      "      one command on another machine",
      "  initrunner run role.yaml -p \"Which of the tests fail, and why?\"",
      "      an agent whose tools run where the role says",
      "  initrunner audit security-events --event-type sandbox.exec",
      "      what ran where, and how it ended"
    })
final class Root implements Runnable {

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Say on standard error what happens, and where failures come from.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean version;

  @Spec private CommandSpec spec;

  boolean verbose() {
    return verbose;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  static final class VersionLine implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Version.text()};
    }
  }
}
