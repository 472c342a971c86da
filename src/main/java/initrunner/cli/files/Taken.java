package initrunner.cli.files;

import initrunner.transfer.Rules;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The values of `--take`.
final class Taken implements ITypeConverter<Rules.Take> {

  @Override
  public Rules.Take convert(String value) {
    return switch (value) {
      case "here" -> Rules.Take.HERE;
      case "there" -> Rules.Take.THERE;
      default ->
          throw new TypeConversionException("'" + value + "' is no side; allowed is here, there");
    };
  }
}
