package initrunner.tool.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// Keeps variables whose names say that they hold a secret out of the environments of commands. It
/// looks at names only: a secret under a harmless name passes. Immutable and safe for many threads.
///
/// A name is dropped when it is not allowed by name and starts with a sensitive prefix or ends with
/// a sensitive suffix, whatever its case. What only says which secret it is or how it is written (a
/// number, `_PEM`, `_BASE64`, `_OLD`, …) may follow the suffix. The names that are allowed are
/// compared exactly.
public final class EnvironmentFilter {

  /// Names that a sensitive prefix or suffix would hit, and that hold no secret.
  public static final Set<String> ALLOWED = Set.of("SSH_AGENT_PID", "GPG_AGENT_INFO");

  /// How names of secrets end. `_PWD` is a password by that name; the shell's `PWD` and `OLDPWD`
  /// have no such ending.
  public static final List<String> SUFFIXES =
      List.copyOf(
          words(
              """
              _KEY _SECRET _TOKEN _PASSWORD _PASSPHRASE _CREDENTIAL _CREDENTIALS
              _API_KEY _ACCESS_KEY _PRIVATE_KEY _PAT _DSN _APIKEY _APITOKEN
              _CONNECTION_STRING _KEY_BASE
              PASSWORD PASSWD PASSPHRASE PASSCODE PASS TOKEN SECRET CREDENTIAL CREDENTIALS
              PASSWORDS PASSPHRASES _PASSES TOKENS SECRETS _CREDS _KEYS
              APIKEY ACCESSKEY PRIVATEKEY PRIVKEY SECRETKEY AUTHKEY MASTERKEY SIGNINGKEY
              ENCRYPTIONKEY DEPLOYKEY LICENSEKEY SSHKEY APIKEYS KEY_ID_SECRET
              _PWD _PW _PSK _OTP _TOTP _JWT _JWTS _BEARER _SALT _MNEMONIC _SEED_PHRASE
              COOKIE COOKIES AUTHORIZATION AUTH_HEADER AUTH_HEADERS BASIC_AUTH AUTH_CONFIG
              COMPOSER_AUTH __AUTH DOCKERCONFIGJSON DOCKER_CONFIG_JSON CONNECTIONSTRING
              CONNECTION_STRINGS _CONN_STR _CONNSTR DATABASE_URL DATABASE_URI REDIS_URL
              BROKER_URL MONGO_URL MONGODB_URL MONGODB_URI POSTGRES_URL POSTGRESQL_URL MYSQL_URL
              AMQP_URL _WEBHOOK _WEBHOOK_URL BW_SESSION ID_RSA
              """));

  /// Names that are a suffix from their beginning on.
  private static final Set<String> WHOLE =
      Set.copyOf(words("JWT PSK OTP BEARER CREDS PAT DSN MNEMONIC"));

  /// Endings that a shorter suffix would hit, and that say nothing of a secret.
  private static final List<String> HARMLESS =
      List.copyOf(
          words(
              """
              COMPASS BYPASS ASKPASS TRESPASS OVERPASS UNDERPASS SURPASS
              MAX_TOKENS MIN_TOKENS NUM_TOKENS TOTAL_TOKENS OUTPUT_TOKENS INPUT_TOKENS
              THINKING_TOKENS PROMPT_TOKENS COMPLETION_TOKENS NEW_TOKENS
              """));

  /// What may follow a secret's name: how it is written, and which one it is.
  private static final Set<String> DECORATIONS =
      Set.copyOf(
          words(
              """
              PEM DER B64 BASE64 HEX RAW JSON TEXT VALUE OLD NEW PREVIOUS CURRENT PRIMARY SECONDARY
              PROD PRODUCTION DEV DEVELOPMENT TEST TESTING STAGING STAGE LIVE DEFAULT BACKUP
              """));

  /// How names of secrets begin: services whose variables are mostly keys, and single names.
  public static final List<String> PREFIXES =
      List.copyOf(
          words(
              """
              OPENAI_ ANTHROPIC_ GOOGLE_API_KEY GEMINI_ HF_ HUGGING_FACE COHERE_ REPLICATE_
              MISTRAL_ GROQ_ TOGETHER_ FIREWORKS_ DEEPSEEK_ PERPLEXITY_ XAI_ OPENROUTER_ VOYAGE_
              AWS_ GCP_ GCLOUD_ GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CLOUD_ AZURE_ DIGITALOCEAN_
              DO_API LINODE_ VULTR_ HETZNER_ CLOUDFLARE_ FASTLY_ NETLIFY_ VERCEL_ HEROKU_ RENDER_
              RAILWAY_ FLY_API SUPABASE_ FIREBASE_ ALICLOUD_ ALIBABA_CLOUD_ TENCENTCLOUD_ OCI_
              IBMCLOUD_
              GITHUB_TOKEN GITHUB_PAT GH_TOKEN GHP_ GITLAB_TOKEN BITBUCKET_TOKEN CODECOV_TOKEN
              NPM_TOKEN PYPI_ TWINE_ JFROG_ ARTIFACTORY_ NUGET_
              SLACK_ TELEGRAM_BOT_TOKEN DISCORD_BOT_TOKEN TWILIO_ SENDGRID_ MAILGUN_ STRIPE_
              DATABASE_URL REDIS_URL MONGO_URI MONGODB_URI POSTGRES_PASSWORD MYSQL_PASSWORD
              SSH_AUTH_SOCK SSH_PRIVATE_KEY SECRET_KEY SESSION_SECRET DJANGO_SECRET
              RAILS_MASTER_KEY JWT_SECRET
              DOCKER_PASSWORD DOCKER_TOKEN VAULT_TOKEN SENTRY_ DATADOG_ DD_API_KEY DD_APP_KEY
              NEW_RELIC_ SNYK_ SONAR_
              """));

  /// The filter with the lists above.
  public static final EnvironmentFilter DEFAULT =
      new EnvironmentFilter(PREFIXES, SUFFIXES, ALLOWED);

  private final List<String> prefixes;
  private final List<String> suffixes;
  private final Set<String> allowed;
  private final Set<String> named;

  /// A filter with other lists; nothing of the defaults is added to them.
  public EnvironmentFilter(
      Collection<String> prefixes, Collection<String> suffixes, Collection<String> allowed) {
    this(
        prefixes.stream().map(EnvironmentFilter::upperCase).toList(),
        suffixes.stream().map(EnvironmentFilter::upperCase).toList(),
        Set.copyOf(allowed),
        Set.of());
  }

  private EnvironmentFilter(
      List<String> prefixes, List<String> suffixes, Set<String> allowed, Set<String> named) {
    this.prefixes = prefixes;
    this.suffixes = suffixes;
    this.allowed = allowed;
    this.named = named;
  }

  /// The same, that drops these names too, whatever they look like and whatever is allowed.
  public EnvironmentFilter dropping(Collection<String> names) {
    return new EnvironmentFilter(prefixes, suffixes, allowed, Set.copyOf(names));
  }

  /// What passed, and the names of what did not, so that nobody loses a variable unannounced.
  ///
  /// @param kept in the order of the environment that was filtered
  /// @param dropped names only, in the same order
  public record Filtered(SequencedMap<String, String> kept, List<String> dropped) {

    public Filtered {
      kept = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(kept));
      dropped = List.copyOf(dropped);
    }
  }

  /// Separates the variables that may go on from those that may not.
  public Filtered filter(Map<String, String> environment) {
    SequencedMap<String, String> kept = new LinkedHashMap<>();
    List<String> dropped = new ArrayList<>();
    environment.forEach((name, value) -> {
      if (isSensitive(name)) {
        dropped.add(name);
      } else {
        kept.put(name, value);
      }
    });
    return new Filtered(kept, dropped);
  }

  /// Whether a variable of this name is dropped.
  public boolean isSensitive(String name) {
    if (named.contains(name)) {
      return true;
    }
    if (allowed.contains(name)) {
      return false;
    }
    String upper = upperCase(name);
    return prefixes.stream().anyMatch(upper::startsWith)
        || endsLikeASecret(upper)
        || endsLikeASecret(bare(upper));
  }

  private boolean endsLikeASecret(String upper) {
    return suffixes.stream()
            .anyMatch(suffix -> upper.endsWith(suffix) && !isHarmless(upper, suffix))
        || (suffixes.equals(SUFFIXES) && WHOLE.contains(upper));
  }

  private static boolean isHarmless(String upper, String suffix) {
    return HARMLESS.stream()
        .anyMatch(ending -> ending.length() > suffix.length() && upper.endsWith(ending));
  }

  /// Without numbers and words at its end that only say which secret it is, or how it is written.
  private static String bare(String upper) {
    String bare = upper;
    int underscore = bare.lastIndexOf('_');
    while (underscore > 0 && isDecoration(bare.substring(underscore + 1))) {
      bare = bare.substring(0, underscore);
      underscore = bare.lastIndexOf('_');
    }
    return bare.substring(0, beforeDigits(bare));
  }

  private static boolean isDecoration(String word) {
    int number = beforeDigits(word);
    boolean isNumber =
        number < word.length() && (number == 0 || word.substring(0, number).equals("V"));
    return isNumber || DECORATIONS.contains(word);
  }

  private static int beforeDigits(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) >= '0' && text.charAt(end - 1) <= '9') {
      end--;
    }
    return end;
  }

  private static String upperCase(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
