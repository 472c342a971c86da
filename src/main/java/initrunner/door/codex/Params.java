package initrunner.door.codex;

import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parameters of a request, with the types that the protocol gives them. A member that is
/// `null` counts as missing.
record Params(Json.Obj members) {

  private Optional<Json> given(String name) {
    return members.get(name).filter(value -> !(value instanceof Json.Null));
  }

  /// Whether it is there, of any type.
  boolean has(String name) {
    return given(name).isPresent();
  }

  /// A text that must be there.
  String text(String name) throws RpcException {
    return optionalText(name).orElseThrow(() -> wrong(name, "a string"));
  }

  Optional<String> optionalText(String name) throws RpcException {
    Optional<Json> value = given(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof Json.Text(String text)) {
      return Optional.of(text);
    }
    throw wrong(name, "a string");
  }

  boolean flag(String name, boolean otherwise) throws RpcException {
    Optional<Json> value = given(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.get() instanceof Json.Bool(boolean flag)) {
      return flag;
    }
    throw wrong(name, "true or false");
  }

  /// A whole number, 0 or more.
  long number(String name, long otherwise) throws RpcException {
    Optional<Json> value = given(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.get() instanceof Json.Num number && number.digits().matches("[0-9]{1,20}")) {
      return number.digits().length() > 18 ? Long.MAX_VALUE : Long.parseLong(number.digits());
    }
    throw wrong(name, "a whole number, 0 or more");
  }

  /// Bytes as base64.
  byte[] bytes(String name) throws RpcException {
    try {
      return Base64.getDecoder().decode(text(name));
    } catch (IllegalArgumentException e) {
      throw wrong(name, "base64");
    }
  }

  List<String> texts(String name) throws RpcException {
    Optional<Json> value = given(name);
    if (value.isEmpty() || !(value.get() instanceof Json.Arr(List<Json> elements))) {
      throw wrong(name, "a list of strings");
    }
    List<String> texts = new ArrayList<>();
    for (Json element : elements) {
      if (!(element instanceof Json.Text(String text))) {
        throw wrong(name, "a list of strings");
      }
      texts.add(text);
    }
    return texts;
  }

  /// A list of strings; the other as its only element if it is missing.
  List<String> textsOr(String name, Optional<String> other) throws RpcException {
    return given(name).isEmpty() ? other.stream().toList() : texts(name);
  }

  /// The objects in a list; none if it is missing.
  List<Params> objects(String name) {
    return given(name).orElse(new Json.Arr(List.of())) instanceof Json.Arr(List<Json> elements)
        ? elements.stream()
            .map(each -> each instanceof Json.Obj object ? object : Json.Obj.EMPTY)
            .map(Params::new)
            .toList()
        : List.of();
  }

  Map<String, String> map(String name) throws RpcException {
    Optional<Json> value = given(name);
    Map<String, String> map = new LinkedHashMap<>();
    if (value.isEmpty()) {
      return map;
    }
    if (!(value.get() instanceof Json.Obj object)) {
      throw wrong(name, "an object of strings");
    }
    for (Map.Entry<String, Json> member : object.members().entrySet()) {
      if (!(member.getValue() instanceof Json.Text(String text))) {
        throw wrong(name, "an object of strings");
      }
      map.put(member.getKey(), text);
    }
    return map;
  }

  /// An object within; empty if it is missing.
  Optional<Params> object(String name) {
    return members.object(name).map(Params::new);
  }

  private static RpcException wrong(String name, String allowed) {
    return RpcException.invalidParams("'" + name + "' must be " + allowed);
  }
}
