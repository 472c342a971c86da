package initrunner.transfer;

/// What a name of a tree stands for. Sockets, pipes and devices take no part.
enum Kind {
  FILE('f'),
  DIRECTORY('d'),
  LINK('l');

  private final char letter;

  Kind(char letter) {
    this.letter = letter;
  }

  /// As `find -printf %y` writes it.
  char letter() {
    return letter;
  }
}
