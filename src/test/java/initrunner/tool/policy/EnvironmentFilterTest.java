package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentFilterTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GITHUB_TOKEN",
        "GCP_PROJECT",
        "AZURE_CLIENT_ID",
        "SLACK_TOKEN",
        "STRIPE_SECRET_KEY",
        "AWS_ACCESS_KEY_ID",
        "GITHUB_PAT",
        "SECRET_KEY_BASE",
        "SENTRY_DSN",
        "MYAPP_DSN",
        "SLACK_WEBHOOK_URL",
        "DATABASE_URL",
        "JWT_SECRET",
        "DD_API_KEY",
        "AWS_PLAIN",
        "INITRUNNER_VAULT_PASSPHRASE"
      })
  void namesOfSecretsAreDropped(String name) {
    assertDropped(name);
  }

  /// Names of secrets, and similar names of variables that are not secret.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SECRETS",
        "APP_SECRETS",
        "PASSWORD1",
        "PASSWORDS",
        "DB_PASSWORD_2",
        "DBPASS",
        "PGPASS",
        "SSHPASS",
        "MAIL_PASS",
        "PASS",
        "DB_PW",
        "MYSQL_PWD",
        "PRIVATE_KEY_PEM",
        "TLS_PRIVATE_KEY_PEM_BASE64",
        "SIGNING_KEY_B64",
        "GCP_SA_KEY_JSON",
        "CI_JOB_JWT",
        "CI_JOB_JWT_V2",
        "JWT",
        "DOCKER_AUTH_CONFIG",
        "AUTH_CONFIG",
        "MY_SECRET_1",
        "MY_SECRET2",
        "SECRET_KEY_OLD",
        "API_KEY_PROD",
        "TOKEN_V2",
        "TOKEN_3",
        "REFRESH_TOKENS",
        "TOKENS",
        "API_KEYS",
        "COOKIE",
        "COOKIES",
        "SESSION_COOKIE",
        "TS_AUTHKEY",
        "RSA_PRIVKEY",
        "GH_CREDS",
        "BASIC_AUTH",
        "HTTP_AUTHORIZATION",
        "COMPOSER_AUTH",
        "npm_config__auth",
        "npm_config__authToken",
        "BW_SESSION",
        "TEST_DATABASE_URL",
        "CELERY_BROKER_URL",
        "TEAMS_WEBHOOK_URL",
        "WIFI_PSK",
        "TWO_FACTOR_OTP",
        "PASSWORD_SALT",
        "WALLET_MNEMONIC",
        "DEPLOY_ID_RSA",
        "dbPassword1",
        "clientSecret_2",
        "LDAP_PASSCODE",
        "KEYSTORE_PASSPHRASES",
        "AZURE_STORAGE_CONNECTION_STRINGS",
        "DOCKER_CONFIG_JSON",
      })
  void furtherNamesOfSecretsAreDropped(String name) {
    assertDropped(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MONKEY",
        "MONKEY_1",
        "TURKEY",
        "KEYBOARD_LAYOUT",
        "KEY",
        "KEY_1",
        "KEYMAP",
        "LESSKEY",
        "PASSAGE",
        "PASSENGER_APP_ENV",
        "COMPASS",
        "MY_COMPASS",
        "BYPASS",
        "GIT_ASKPASS",
        "SUDO_ASKPASS",
        "PGPASSFILE",
        "TOKENIZERS_PARALLELISM",
        "TOKENIZER",
        "MAX_TOKENS",
        "MAX_OUTPUT_TOKENS",
        "LLM_MAX_TOKENS_2",
        "SECRETARY",
        "SECRETS_DIR",
        "COOKIECUTTER_CONFIG",
        "AUTHOR",
        "XAUTHORITY",
        "AUTH_METHOD",
        "DESKTOP_SESSION",
        "XDG_SESSION_ID",
        "JWT_ISSUER",
        "PATTERN",
        "PYTHONHASHSEED",
        "PWD",
        "OLDPWD",
        "CREDITS",
        "HISTFILE",
        "PASSWORD_STORE_DIR",
        "INITRUNNER_CALL",
        "V2",
        "_1",
        "1",
        "_",
        "OLD",
        "TEST",
        "NODE_ENV",
        "SHLVL",
        "EDITOR",
      })
  void namesThatOnlyLookLikeThemAreKept(String name) {
    assertThat(EnvironmentFilter.DEFAULT.isSensitive(name)).isFalse();
  }

  @Test
  void whatARoleNamesIsDroppedWhateverIsAllowed() {
    EnvironmentFilter filter =
        new EnvironmentFilter(List.of(), List.of(), Set.of("CORP_LLM_AUTH"))
            .dropping(List.of("CORP_LLM_AUTH"));
    assertThat(filter.isSensitive("CORP_LLM_AUTH")).isTrue();
    assertThat(filter.isSensitive("CORP_LLM")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "HOME",
        "SHELL",
        "LANG",
        "TERM",
        "MY_PROJECT_DIR",
        "HARMLESS_VAR",
        "PWD",
        "OLDPWD",
        "TMPDIR",
        "LC_ALL",
        "KEY",
        "MONKEY",
        "SSH_ASKPASS",
        "XDG_RUNTIME_DIR",
        "TOKENIZERS_PARALLELISM",
        "PASSWORD_STORE_DIR"
      })
  void harmlessNamesAreKept(String name) {
    EnvironmentFilter.Filtered filtered = EnvironmentFilter.DEFAULT.filter(Map.of(name, "value"));
    assertThat(filtered.kept()).containsOnly(Map.entry(name, "value"));
    assertThat(filtered.dropped()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai_api_key", "my_api_key", "Aws_Region", "myPassword"})
  void namesOfSecretsAreDroppedWhateverTheirCase(String name) {
    assertDropped(name);
  }

  @Test
  void onlyTheGivenPrefixesAndSuffixesApply() {
    EnvironmentFilter filter = new EnvironmentFilter(List.of("corp_"), List.of(), Set.of());
    assertThat(filter.filter(Map.of("CORP_A", "1", "OPENAI_API_KEY", "2")))
        .isEqualTo(
            new EnvironmentFilter.Filtered(
                new LinkedHashMap<>(Map.of("OPENAI_API_KEY", "2")), List.of("CORP_A")));
  }

  @Test
  void anAllowedNameWinsOverPrefixAndSuffix() {
    Map<String, String> agents = Map.of("SSH_AGENT_PID", "1", "GPG_AGENT_INFO", "2");
    assertThat(EnvironmentFilter.DEFAULT.filter(agents).kept()).isEqualTo(agents);
    EnvironmentFilter filter =
        new EnvironmentFilter(
            EnvironmentFilter.PREFIXES, EnvironmentFilter.SUFFIXES, Set.of("AWS_REGION"));
    assertThat(filter.isSensitive("AWS_REGION")).isFalse();
  }

  @Test
  void theAllowListIsComparedExactly() {
    EnvironmentFilter filter =
        new EnvironmentFilter(List.of("AWS_"), List.of(), Set.of("AWS_REGION"));
    assertThat(filter.isSensitive("aws_region")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PASSWORD",
        "PGPASSWORD",
        "AUTHTOKEN",
        "NPMAUTHTOKEN",
        "MYSQL_PWD",
        "DB_PASS",
        "SSHPASSWD",
        "TOKEN",
        "SECRET",
        "CLIENTSECRET",
        "APIKEY",
        "CREDENTIALS",
        "GPGPASSPHRASE"
      })
  void namesOfSecretsWithoutAnUnderscoreAreDropped(String name) {
    assertDropped(name);
  }

  @Test
  void theListsAreComplete() {
    assertThat(EnvironmentFilter.PREFIXES).hasSize(86).doesNotHaveDuplicates();
    assertThat(EnvironmentFilter.SUFFIXES)
        .contains("_KEY", "_PAT", "_DSN", "_CONNECTION_STRING", "_KEY_BASE")
        .doesNotHaveDuplicates();
  }

  @Test
  void theOrderOfTheEnvironmentIsKept() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Z", "1");
    environment.put("B_TOKEN", "2");
    environment.put("A", "3");
    environment.put("A_TOKEN", "4");
    EnvironmentFilter.Filtered filtered = EnvironmentFilter.DEFAULT.filter(environment);
    assertThat(filtered.kept().sequencedKeySet()).containsExactly("Z", "A");
    assertThat(filtered.dropped()).containsExactly("B_TOKEN", "A_TOKEN");
  }

  @Test
  void aSuffixOfARoleHoldsForTheNameThatIsTheWholeOfIt() {
    EnvironmentFilter filter = new EnvironmentFilter(List.of(), List.of("bypass"), List.of());
    assertThat(filter.isSensitive("BYPASS")).isTrue();
    assertThat(filter.isSensitive("X_BYPASS")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"MY_KEY_", "MY_KEY_V", "MY_KEY_X1", "MY_KEY_V1X", "_PEM", "KEY_PEM"})
  void whatFollowsASecretsNameMustSayNoMoreThanWhichOneItIs(String name) {
    assertThat(EnvironmentFilter.DEFAULT.isSensitive(name)).isFalse();
  }

  @Property(tries = 300)
  void everyVariableIsEitherKeptOrNamed(
      @ForAll Map<@AlphaChars @Chars('_') @StringLength(max = 12) String, String> environment) {
    EnvironmentFilter.Filtered filtered = EnvironmentFilter.DEFAULT.filter(environment);
    assertThat(filtered.kept().size() + filtered.dropped().size()).isEqualTo(environment.size());
    assertThat(environment).containsAllEntriesOf(filtered.kept());
    assertThat(filtered.kept()).doesNotContainKeys(filtered.dropped().toArray(String[]::new));
  }

  @Property(tries = 300)
  void caseNeverDecidesAboutASecret(
      @ForAll @AlphaChars @Chars('_') @StringLength(max = 12) String name) {
    String secret = name + "_token";
    assertThat(EnvironmentFilter.DEFAULT.isSensitive(secret)).isTrue();
    assertThat(EnvironmentFilter.DEFAULT.isSensitive(secret.toUpperCase(Locale.ROOT))).isTrue();
  }

  private static void assertDropped(String name) {
    EnvironmentFilter.Filtered filtered =
        EnvironmentFilter.DEFAULT.filter(Map.of(name, "hunter2", "FOO", "bar"));
    assertThat(filtered.kept()).containsOnly(Map.entry("FOO", "bar"));
    assertThat(filtered.dropped()).containsExactly(name);
    assertThat(filtered.toString()).doesNotContain("hunter2");
  }
}
