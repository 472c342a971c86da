package initrunner.door.mcp.http;

import initrunner.door.jsonrpc.Exchanges;
import initrunner.door.mcp.ServedRole;
import initrunner.exec.transport.Uninterrupted;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The clients of one server: the sessions, and the requests that each stand by themselves. Safe
/// for many threads; only [#end] blocks.
final class HttpClients {

  private static final int MOST_SESSIONS = 256;
  private static final Duration MOST_IDLE = Duration.ofHours(8);
  private static final int ID_BYTES = 32;

  private final ServedRole served;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, HttpSession> sessions = new LinkedHashMap<>();
  private final Set<Exchanges> stateless = new HashSet<>();
  private boolean hasEnded;

  HttpClients(ServedRole served) {
    this.served = served;
  }

  /// A new session. Where there are too many, the one that is idle for longest ends.
  ///
  /// @return empty if all of them are at work, or the server ends
  synchronized Optional<HttpSession> newSession() {
    if (sessions.size() >= MOST_SESSIONS) {
      sessions.values().stream()
          .filter(each -> each.exchanges().isEmpty())
          .max(Comparator.comparing(HttpSession::idle))
          .ifPresent(longest -> sessions.remove(longest.id()));
    }
    if (hasEnded || sessions.size() >= MOST_SESSIONS) {
      return Optional.empty();
    }
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    HttpSession session = new HttpSession(HexFormat.of().formatHex(id), served);
    sessions.put(session.id(), session);
    return Optional.of(session);
  }

  /// The session of this id, which is used now.
  synchronized Optional<HttpSession> session(String id) {
    Optional<HttpSession> session = Optional.ofNullable(sessions.get(id));
    session.ifPresent(HttpSession::use);
    return session;
  }

  /// Forgets a session; its requests go on.
  ///
  /// @return the session, if there was one
  synchronized Optional<HttpSession> remove(String id) {
    return Optional.ofNullable(sessions.remove(id));
  }

  /// A request that stands by itself begins.
  ///
  /// @return empty if the server ends
  synchronized Optional<Exchanges> begin() {
    if (hasEnded) {
      return Optional.empty();
    }
    Exchanges exchanges = new Exchanges();
    stateless.add(exchanges);
    return Optional.of(exchanges);
  }

  synchronized void ended(Exchanges exchanges) {
    stateless.remove(exchanges);
  }

  /// Ends the sessions whose clients have asked for nothing in a long time.
  synchronized void expire() {
    sessions.values().removeIf(session -> session.idle().compareTo(MOST_IDLE) > 0);
  }

  /// Cancels all requests, and blocks until each has ended. An interrupt is kept for later.
  void end() {
    List<Thread> ending =
        all().stream().map(each -> Thread.ofVirtual().name("ending").start(each::end)).toList();
    ending.forEach(Uninterrupted::join);
  }

  private synchronized List<Exchanges> all() {
    hasEnded = true;
    List<Exchanges> all = new ArrayList<>(stateless);
    sessions.values().forEach(session -> all.add(session.exchanges()));
    sessions.clear();
    return all;
  }
}
