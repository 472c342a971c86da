package initrunner.role.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SystemDirectoriesTest {

  @Test
  void theSystemsAreJudgedByWhatTheyAreHoldOrLieIn() {
    for (String path :
        List.of(
            "/",
            "/etc",
            "/etc/cron.d",
            "/etc/cron.d/x",
            "/etc/systemd/system",
            "/etc/profile.d",
            "/etc/ssh/sshd_config.d",
            "/etc/sudoers.d",
            "/etc/ld.so.conf.d",
            "/usr/local/bin",
            "/usr/local/lib/python3",
            "/usr/local/sbin/x",
            "/usr/lib/systemd/system",
            "/lib/x",
            "/boot/grub",
            "/var",
            "/var/spool",
            "/var/spool/cron",
            "/var/spool/cron/crontabs/root",
            "/var/spool/at",
            "/var/lib",
            "/var/lib/systemd/linger",
            "/var/lib/docker/volumes",
            "/var/lib/dpkg/info",
            "/run",
            "/run/systemd/system",
            "/var/run/x",
            "/proc/1",
            "/dev",
            "/sys/fs",
            "/root",
            "/root/.ssh",
            "/root/.bashrc",
            "/root/.config/systemd/user",
            "/home",
            "/home/me/.ssh",
            "/home/me/.ssh/authorized_keys",
            "/home/me/.profile",
            "/home/me/bin",
            "/home/me/.local/bin",
            "/home/me/.config/autostart",
            "/home/me/.gnupg",
            "/opt",
            "/srv",
            "/home/me/../../etc/cron.d",
            "/srv/../root/.ssh/x",
            "/opt/bin",
            "/tmp",
            "/tmp/x/..",
            "/tmp/.X11-unix",
            "/private/tmp",
            "/nix/store/x",
            "/Users/me/.ssh",
            "/Library/LaunchDaemons",
            "/Users/me/Library/LaunchAgents")) {
      assertThat(SystemDirectories.include(Path.of(path))).as(path).isTrue();
    }
    for (String path :
        List.of(
            "/root/agent",
            "/home/me",
            "/home/me/agent",
            "/home/me/project/.ssh",
            "/srv/app",
            "/home/me/.cache/pip",
            "/opt/app",
            "/var/www",
            "/var/tmp",
            "/var/lib/jenkins",
            "/tmp/x",
            "/usr/src/app",
            "/usr/local/src/app",
            "/dev/shm/x",
            "/run/media/me/disk",
            "/etcetera",
            "/data",
            "/mnt/x",
            "/home/me/.worktrees/x",
            "/binaries",
            "/Users/me/agent")) {
      assertThat(SystemDirectories.include(Path.of(path))).as(path).isFalse();
    }
  }

  @Test
  void aHomeDirectoryIsJudgedWhereverItIs() {
    Path home = Path.of("/export/people/me");
    assertThat(SystemDirectories.include(home.resolve(".ssh"))).isFalse();
    assertThat(SystemDirectories.includeOfHome(home, home.resolve(".ssh/x"))).isTrue();
    assertThat(SystemDirectories.includeOfHome(home, home.resolve(".zshenv"))).isTrue();
    assertThat(SystemDirectories.includeOfHome(home, home.resolve("agent"))).isFalse();
    assertThat(SystemDirectories.includeOfHome(home, home)).isFalse();
    assertThat(SystemDirectories.includeOfHome(home, Path.of("/export/.ssh"))).isFalse();
  }
}
