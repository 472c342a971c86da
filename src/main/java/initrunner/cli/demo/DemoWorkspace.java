package initrunner.cli.demo;

import initrunner.text.OwnersFile;
import initrunner.text.PackagedText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/// The files of a demo, in one directory that only this user can read (0700): fresh keys, an ssh
/// configuration with one host, the role and the script, the audit database, and the directory in
/// which commands run. For one thread.
public final class DemoWorkspace implements AutoCloseable {

  /// The demo server's alias in the ssh configuration.
  static final String HOST = "build-host";

  private static final String USER = "demo";
  private static final List<String> SHIPPED = List.of("role.yaml", "replay.json");

  private final Path root;
  private final KeyPair hostKey;
  private final KeyPair userKey;

  private DemoWorkspace(Path root, KeyPair hostKey, KeyPair userKey) {
    this.root = root;
    this.hostKey = hostKey;
    this.userKey = userKey;
  }

  /// Creates the directory below the one for temporary files.
  ///
  /// @throws UncheckedIOException if it cannot be written
  public static DemoWorkspace create() {
    try {
      Path root = Files.createTempDirectory("initrunner-demo-");
      DemoWorkspace made = new DemoWorkspace(root, newKey(), newKey());
      try {
        made.fill();
        return made;
      } catch (IOException e) {
        made.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to the directory for temporary files", e);
    }
  }

  private void fill() throws IOException {
    Files.createDirectory(home());
    for (String name : SHIPPED) {
      Files.writeString(root.resolve(name), PackagedText.read(DemoWorkspace.class, name));
    }
    writeUserKey();
  }

  /// NIST P-256: every OpenSSH client supports it, also one restricted to approved algorithms.
  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK makes no NIST P-256 keys", e);
    }
  }

  private void writeUserKey() throws IOException {
    try (OutputStream file = OwnersFile.create(identity())) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(userKey, "initrunner demo", null, file);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a new key cannot be written", e);
    }
  }

  /// Writes the configuration for `ssh`: the demo's server at this port, and nothing of the user's.
  ///
  /// @throws UncheckedIOException if it cannot be written
  public void writeConfiguration(int port) {
    try {
      Files.writeString(
          root.resolve("known_hosts"),
          "[127.0.0.1]:" + port + " " + PublicKeyEntry.toString(hostKey.getPublic()) + "\n");
      Files.write(
          sshConfig(),
          List.of(
              "Host " + HOST,
              "  HostName 127.0.0.1",
              "  Port " + port,
              "  User " + USER,
              "  IdentityFile " + quoted(identity()),
              "  IdentitiesOnly yes",
              "  IdentityAgent none",
              "  PreferredAuthentications publickey",
              "  StrictHostKeyChecking yes",
              "  UserKnownHostsFile " + quoted(root.resolve("known_hosts")),
              "  GlobalKnownHostsFile /dev/null",
              "  UpdateHostKeys no"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + root, e);
    }
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("%", "%%") + '"';
  }

  Path root() {
    return root;
  }

  public KeyPair hostKey() {
    return hostKey;
  }

  public KeyPair userKey() {
    return userKey;
  }

  public Path home() {
    return root.resolve(HOST);
  }

  Path sshConfig() {
    return root.resolve("ssh_config");
  }

  public Path role() {
    return root.resolve("role.yaml");
  }

  Path replay() {
    return root.resolve("replay.json");
  }

  Path auditDatabase() {
    return root.resolve("audit.db");
  }

  private Path identity() {
    return root.resolve("id_ecdsa");
  }

  /// Removes the directory and all in it.
  ///
  /// @throws UncheckedIOException if a part cannot be removed
  @Override
  public void close() {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + root, e);
    }
  }
}
