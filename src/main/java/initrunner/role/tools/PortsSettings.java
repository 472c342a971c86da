package initrunner.role.tools;

import initrunner.exec.transport.PortAddress;
import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.text.Words;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// `- type: ports`.
///
/// @param allowedHosts besides the host itself
public record PortsSettings(
    List<PortRange> allowedPorts, List<String> allowedHosts, Duration timeout, int maxOutputBytes)
    implements ToolSettings {

  static final List<String> FUNCTIONS = Words.of("open_port read_port close_port");

  /// The parameters of its functions.
  public static final List<String> PARAMETERS = Words.of("port host path");

  public static final Section<PortsSettings> SECTION = Section.of(PortsSettings::of);

  /// Every field with its default.
  public static final PortsSettings DEFAULT = SECTION.defaults();

  public PortsSettings {
    allowedPorts = List.copyOf(allowedPorts);
    allowedHosts = List.copyOf(allowedHosts);
  }

  private static PortsSettings of(Fields f) {
    return new PortsSettings(
        f.get(
            "allowed_ports",
            new ListOf<>(PortRange.TYPE),
            List.of(PortRange.UNPRIVILEGED),
            "Ports that may be looked at: numbers, or two with a dash."),
        f.get(
            "allowed_hosts",
            new ListOf<>(
                Text.notBlank()
                    .expanding()
                    .matching(
                        PortAddress.HOST,
                        "is no host",
                        "a name or an address, without a port",
                        "write for example node7")),
            List.of(),
            "Other machines that the host reaches, whose ports may be looked at, too."),
        ToolFields.timeout(f),
        ToolFields.maxOutputBytes(f));
  }

  @Override
  public String summary() {
    return "Tool ports: looks at the ports %s of the host itself%s, and opens them to this machine's own programs while it runs.%s"
        .formatted(
            allowedPorts.stream().map(PortRange::toString).collect(Collectors.joining(", ")),
            allowedHosts.isEmpty() ? "" : " and of " + String.join(", ", allowedHosts),
            " Each call has "
                + timeout.toSeconds()
                + " s; the model sees "
                + maxOutputBytes
                + " bytes of a page.");
  }
}
