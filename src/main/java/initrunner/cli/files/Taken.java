package initrunner.cli.files;

import initrunner.transfer.Rules;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The values of `--take`.
final class Taken implements ITypeConverter<Rules.Take> {

  static final class Names implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return List.of("here", "there").iterator();
    }
  }

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
