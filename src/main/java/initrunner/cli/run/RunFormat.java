package initrunner.cli.run;

import java.util.Locale;
import java.util.stream.Collectors;
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

  public static final class Converter implements ITypeConverter<RunFormat> {

    @Override
    public RunFormat convert(String value) {
      return Stream.of(RunFormat.values())
          .filter(format -> format.lowerCaseName().equals(value))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'"
                      + value
                      + "' is not a format; allowed is "
                      + Stream.of(RunFormat.values())
                          .map(RunFormat::lowerCaseName)
                          .collect(Collectors.joining(", "))));
    }
  }
}
