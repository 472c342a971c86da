package initrunner.role.tools;

import initrunner.exec.transport.PortAddress;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.ScalarType;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ports from one to another, both included.
public record PortRange(int first, int last) {

  /// A port, or two with a dash in between.
  static final ScalarType<PortRange> TYPE = new Written();

  /// Those that a program can take without the rights of the system.
  static final PortRange UNPRIVILEGED = new PortRange(1024, PortAddress.HIGHEST);

  public boolean contains(int port) {
    return first <= port && port <= last;
  }

  /// As a role has it.
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  private record Written() implements ScalarType<PortRange> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    @Override
    public Optional<PortRange> decode(YamlValue yaml, Decoding decoding) {
      return switch (yaml.kind()) {
        case WHOLE, TEXT -> {
          Optional<PortRange> range = parse(yaml.raw());
          if (range.isEmpty()) {
            decoding.refuse(yaml, "is no port", allowed(), "");
          }
          yield range;
        }
        case EMPTY, FLAG, DECIMAL, LIST, MAPPING -> decoding.refuseKind(yaml, allowed(), "");
      };
    }

    private static Optional<PortRange> parse(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        return Optional.empty();
      }
      int first = Integer.parseInt(form.group(1));
      int last = Optional.ofNullable(form.group(2)).map(Integer::parseInt).orElse(first);
      return first >= 1 && first <= last && last <= PortAddress.HIGHEST
          ? Optional.of(new PortRange(first, last))
          : Optional.empty();
    }

    @Override
    public String pattern() {
      return "^[0-9]{1,5}(?:-[0-9]{1,5})?$";
    }

    @Override
    public Object jsonType() {
      return List.of("string", "integer");
    }

    @Override
    public String allowed() {
      return "a port from 1 to 65535, or two with a dash, as 8000-8099";
    }
  }
}
