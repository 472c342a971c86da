package initrunner.door.jsonrpc;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A JSON value (RFC 8259). Immutable.
public sealed interface Json {

  /// Bounds the recursion over a value.
  int MOST_LEVELS = 64;

  /// A text that is not one JSON value.
  final class SyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message);
    }
  }

  /// An object. Its members keep their order.
  record Obj(SequencedMap<String, Json> members) implements Json {

    /// An object without members.
    public static final Obj EMPTY = new Obj(new LinkedHashMap<>());

    public Obj {
      members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
    }

    /// The same object with one more member, or another value of it.
    public Obj with(String name, Json value) {
      SequencedMap<String, Json> more = new LinkedHashMap<>(members);
      more.put(name, value);
      return new Obj(more);
    }

    public Obj with(String name, String value) {
      return with(name, new Text(value));
    }

    public Obj with(String name, long value) {
      return with(name, new Num(Long.toString(value)));
    }

    public Obj with(String name, boolean value) {
      return with(name, new Bool(value));
    }

    /// The member; empty if it is missing.
    public Optional<Json> get(String name) {
      return Optional.ofNullable(members.get(name));
    }

    /// The member if it is a string.
    public Optional<String> text(String name) {
      return get(name)
          .flatMap(
              value -> value instanceof Text(String text) ? Optional.of(text) : Optional.empty());
    }

    /// The member if it is an object.
    public Optional<Obj> object(String name) {
      return get(name)
          .flatMap(value -> value instanceof Obj object ? Optional.of(object) : Optional.empty());
    }

    /// The members as strings, numbers, booleans, lists and maps. A member with the value `null`
    /// counts as missing.
    public Map<String, Object> plain() {
      Map<String, Object> plain = new LinkedHashMap<>();
      members.forEach((name, value) -> Json.plain(value).ifPresent(each -> plain.put(name, each)));
      return plain;
    }
  }

  /// A list.
  record Arr(List<Json> elements) implements Json {

    public Arr {
      elements = List.copyOf(elements);
    }

    /// A list of strings.
    public static Arr of(List<String> texts) {
      return new Arr(texts.stream().<Json>map(Text::new).toList());
    }
  }

  /// A string.
  record Text(String text) implements Json {}

  /// A number, as it was written.
  record Num(String digits) implements Json {

    /// Whether it is a whole number without fraction and exponent.
    public boolean isWhole() {
      return digits.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    }
  }

  /// `true` or `false`.
  record Bool(boolean value) implements Json {}

  /// `null`.
  record Null() implements Json {}

  private static Optional<Object> plain(Json value) {
    return switch (value) {
      case Obj object -> Optional.of(object.plain());
      case Arr(List<Json> elements) ->
          Optional.of(elements.stream().flatMap(each -> plain(each).stream()).toList());
      case Text(String text) -> Optional.of(text);
      case Num number -> Optional.of(number(number));
      case Bool(boolean flag) -> Optional.of(flag);
      case Null() -> Optional.empty();
    };
  }

  private static Number number(Num number) {
    return number.isWhole()
        ? whole(new BigInteger(number.digits()))
        : (Number) Double.valueOf(number.digits());
  }

  private static Number whole(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  /// Reads one value. An object that repeats a name is refused, as are more than [#MOST_LEVELS]
  /// levels.
  ///
  /// @param text UTF-8
  /// @throws SyntaxException with the fault and its column
  static Json parse(byte[] text) throws SyntaxException {
    try (JsonParser parser = JsonCodec.FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new SyntaxException("the message is empty");
      }
      Json value = JsonCodec.read(parser);
      if (parser.nextToken() != null) {
        throw new SyntaxException("something follows the JSON value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new SyntaxException(e.getOriginalMessage() + JsonCodec.column(e));
    } catch (IOException e) {
      // A byte that is not UTF-8; there is no other input.
      throw new SyntaxException(String.valueOf(e.getMessage()));
    }
  }

  /// This value as UTF-8 on one line.
  default byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator to = JsonCodec.FACTORY.createGenerator(bytes)) {
      JsonCodec.write(to, this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
