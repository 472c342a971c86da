package initrunner.transfer.tree;

/// What a name of a tree stands for. Sockets, pipes and devices take no part.
public enum Kind {
  FILE,
  DIRECTORY,
  LINK
}
