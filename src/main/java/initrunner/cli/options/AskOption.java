package initrunner.cli.options;

import picocli.CommandLine.Option;

/// The option that lets a login ask the person at the terminal.
public final class AskOption {

  /// Its name.
  public static final String NAME = "--ask";

  /// What it does, for the help.
  public static final String DESCRIPTION =
      "Let the login ask you here, once: a password, a code, a passphrase, a new host key.";

  @Option(names = NAME, description = DESCRIPTION)
  private boolean isGiven;

  public boolean isGiven() {
    return isGiven;
  }
}
