package initrunner.cli.run;

import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The values of `--format` for a run.
public enum RunFormat {
  /// `text`, streamed if a person watches.
  AUTO,
  TEXT,
  JSON;

  String lowerCaseName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static final class Names implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return Stream.of(RunFormat.values()).map(RunFormat::lowerCaseName).iterator();
    }
  }

  public static final class Converter implements ITypeConverter<RunFormat> {

    @Override
    public RunFormat convert(String value) {
      return Stream.of(RunFormat.values())
          .filter(format -> format.lowerCaseName().equals(value))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'" + value + "' is not a format; allowed is " + String.join(", ", new Names())));
    }
  }
}
