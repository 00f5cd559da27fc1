package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.ApiToken;
import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Query;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What a form has sent.
record FormFields(Query query) {
  /// A field; empty if it is missing.
  String text(String name) {
    return query.single(name).orElse("");
  }

  /// A field that may be left out.
  Optional<String> given(String name) {
    return query.single(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /// The id of what the form is about; 0 if there can be none with it.
  long id() {
    return number("id");
  }

  /// A field with an id; 0 if there can be none with it.
  long number(String name) {
    String id = text(name);
    return id.matches("\\d{1,18}") ? Long.parseLong(id) : 0;
  }

  /// The boxes that are ticked.
  Set<Permission> permissions() {
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Permission each : Permission.values()) {
      if (query.single(ApiToken.SCOPES.word(each)).isPresent()) {
        permissions.add(each);
      }
    }
    return permissions;
  }

  /// The fields of `proof.jte`.
  OwnAccount.Proof proof() {
    return new OwnAccount.Proof(text("password"), given("code"));
  }
}
