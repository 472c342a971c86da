package initrunner.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/// `initrunner` without a command: shows the help.
///
/// Its options are built in code, not by annotations: reading those takes a good part of a start of
/// `exec`.
final class Root implements Runnable {

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final OptionSpec verbose =
      OptionSpec.builder("-v", "--verbose")
          .type(boolean.class)
          .scopeType(ScopeType.INHERIT)
          .description(
              "Say on standard error what happens, and where failures come from."
                  + " INITRUNNER_LOG_LEVEL sets how much: trace, debug (as -v), info, warning,"
                  + " error, off.")
          .build();

  Root() {
    spec.name("initrunner").versionProvider(() -> new String[] {Version.text()});
    spec.addOption(verbose);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .usageHelp(true)
            .scopeType(ScopeType.INHERIT)
            .description("Show this help.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .type(boolean.class)
            .versionHelp(true)
            .description("Show the version, the commit, and the Java and OpenSSH in use.")
            .build());
    spec.usageMessage()
        .synopsisHeading("")
        .customSynopsis("Usage: initrunner COMMAND [OPTIONS] …")
        .description("", "An AI agent's tools, run on any machine you can ssh to.", "")
        .optionListHeading("Options (before or after the command):%n")
        .commandListHeading("%nCommands (initrunner COMMAND --help shows more):%n")
        .footerHeading("%nExamples:%n")
        .footer(
            "  initrunner demo",
            "      the whole thing on a throw-away server of its own",
            "  initrunner exec --host my-build-box -- uname -a",
            "      one command on another machine",
            "  initrunner run role.yaml -p \"Which of the tests fail, and why?\"",
            "      an agent whose tools run where the role says",
            "  initrunner audit security-events --event-type sandbox.exec",
            "      what ran where, and how it ended");
  }

  CommandSpec spec() {
    return spec;
  }

  boolean verbose() {
    return Boolean.TRUE.equals(verbose.getValue());
  }

  /// [Main] shows the help without a command.
  @Override
  public void run() {}
}
