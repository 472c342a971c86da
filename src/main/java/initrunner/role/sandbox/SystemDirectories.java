package initrunner.role.sandbox;

import initrunner.text.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Directories in which contained commands may not write: the system or the next login would obey
/// files that they leave there, outside of the sandbox. Judges paths alone; the caller resolves
/// links before. Stateless.
public final class SystemDirectories {

  /// With all that is below them.
  private static final List<Path> WHOLE =
      paths(
          """
          /etc /boot /efi /sys /proc /dev /usr /bin /sbin /lib /lib32 /lib64 /libx32 /run /nix /gnu
          /snap /var/run /var/lock /var/spool /var/cron /var/at /var/log /var/backups /var/db
          /var/lib/apt /var/lib/dpkg /var/lib/rpm /var/lib/pacman /var/lib/systemd /var/lib/dbus
          /var/lib/polkit-1 /var/lib/sudo /var/lib/pam /var/lib/cloud /var/lib/docker
          /var/lib/containerd /var/lib/containers /var/lib/kubelet /var/lib/snapd /var/lib/flatpak
          /var/lib/AccountsService /var/lib/NetworkManager /var/lib/dhcp /var/lib/cni /var/lib/etcd
          /var/lib/libvirt /var/lib/machines /var/lib/portables /var/lib/extensions /opt/bin
          /opt/sbin /tmp/.X11-unix /tmp/.ICE-unix /System /Library /Applications /private/etc
          /private/var/db /private/var/at /private/var/run /private/var/root
          """);

  /// Exceptions in the above.
  private static final List<Path> OPEN =
      paths("/usr/src /usr/local/src /dev/shm /run/media /var/run/media");

  /// Only themselves, not what is below them. `/tmp` has sockets of agents, sessions and servers,
  /// which obey every program that can open them.
  private static final Set<Path> ALONE =
      Set.copyOf(
          paths(
              """
              / /home /Users /root /opt /srv /var /var/lib /tmp /private /private/var /private/tmp
              """));

  /// Each directory in one of these is a home directory.
  private static final List<Path> OF_HOMES = paths("/home /Users");

  private static final List<Path> HOMES = paths("/root /private/var/root");

  /// In a home directory, with all that is below them: who may log in and with which keys, what a
  /// login and a desktop start, programs and their settings. Of any other hidden directory, only
  /// itself.
  private static final Set<String> OF_A_HOME =
      Set.copyOf(
          Words.of(
              """
              .ssh .gnupg .pki .config .local .docker .kube .aws .azure .gcloud .m2 .gradle .sdkman
              .jdks .cargo .rustup .nvm .npm .volta .pyenv .rbenv .asdf .oh-my-zsh .zsh .bash.d
              .bashrc.d .profile.d .vim .emacs.d .vscode .vscode-server .mozilla .ansible
              .terraform.d .subversion .gem .bundle .ipython .jupyter .fzf .tmux .screen .dotfiles
              .systemd .cron .swiftpm .dotnet .nuget .deno .bun .go .mc bin Library
              """));

  private SystemDirectories() {}

  private static List<Path> paths(String words) {
    return Words.of(words).stream().map(Path::of).toList();
  }

  /// Whether a path, without its `.` and `..`, is one, holds one, or lies in one. Reads no file
  /// system.
  public static boolean include(Path path) {
    Path normal = path.normalize();
    return ALONE.contains(normal)
        || holdsJobs(normal)
        || isOrHolds(normal)
        || isWithin(normal)
        || homeOf(normal).anyMatch(home -> includeOfHome(home, normal));
  }

  /// Whether a path is, or lies in, a part of a home directory for logins and settings. Reads no
  /// file system.
  ///
  /// @param home the real path of an account's home directory
  public static boolean includeOfHome(Path home, Path path) {
    Path normal = path.normalize();
    if (!normal.startsWith(home) || normal.equals(home)) {
      return false;
    }
    Path below = home.relativize(normal);
    String first = below.getName(0).toString();
    return OF_A_HOME.contains(first)
        || (first.startsWith(".") && below.getNameCount() == 1)
        || holdsJobs(below);
  }

  /// What stands there is read and written outside of every sandbox.
  private static boolean holdsJobs(Path path) {
    for (int i = 0; i + 1 < path.getNameCount(); i++) {
      if (path.getName(i).toString().equals(".cache")
          && path.getName(i + 1).toString().equals("initrunner")) {
        return path.getNameCount() == i + 2 || path.getName(i + 2).toString().equals("jobs");
      }
    }
    return false;
  }

  private static boolean isOrHolds(Path path) {
    return WHOLE.stream().anyMatch(whole -> whole.startsWith(path));
  }

  private static boolean isWithin(Path path) {
    return WHOLE.stream().anyMatch(path::startsWith)
        && OPEN.stream().noneMatch(open -> path.startsWith(open) && !path.equals(open));
  }

  private static Stream<Path> homeOf(Path path) {
    return Stream.concat(
        HOMES.stream(),
        OF_HOMES.stream()
            .filter(above -> path.startsWith(above) && !path.equals(above))
            .map(above -> above.resolve(path.getName(above.getNameCount()))));
  }
}
