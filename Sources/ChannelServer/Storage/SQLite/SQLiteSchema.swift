// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import GRDB

/// The tables, and how a database of an earlier release becomes one of this.
///
/// A migration that was released never changes; each change is a new one at the end. Times are whole seconds since 1970
/// unless the column's name says otherwise; digests are their 32 bytes; records and settings are JSON, as it was
/// written.
enum SQLiteSchema {
    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 channels, files, documents", migrate: hosting)
        migrator.registerMigration("1 logs", migrate: logs)
        migrator.registerMigration("1 access keys", migrate: accessKeys)
        migrator.registerMigration("1 users", migrate: users)
        migrator.registerMigration("1 quotas", migrate: quotas)
        migrator.registerMigration("1 trusted publishers", migrate: trustedPublishers)
        migrator.registerMigration("1 index", migrate: index)
        migrator.registerMigration("1 package facts", migrate: packageFacts)
        migrator.registerMigration("1 pages", migrate: pages)
        migrator.registerMigration("1 retired logs", migrate: retiredLogs)
        return migrator
    }

    private static func hosting(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE channel (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL UNIQUE,
                    visibility TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    settings BLOB NOT NULL
                ) STRICT;
                CREATE TABLE file (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    file_name TEXT NOT NULL,
                    name TEXT NOT NULL,
                    sha256 BLOB NOT NULL,
                    size INTEGER NOT NULL,
                    record BLOB NOT NULL,
                    publisher_kind TEXT NOT NULL,
                    publisher_name TEXT NOT NULL,
                    publisher_issuer TEXT,
                    accepted_ms INTEGER NOT NULL,
                    state TEXT NOT NULL,
                    attestations BLOB,
                    counter_signature BLOB,
                    log_index INTEGER NOT NULL,
                    PRIMARY KEY (channel, subdir, file_name)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX file_by_name ON file (channel, name);
                CREATE TABLE stale_package (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    package TEXT NOT NULL,
                    change INTEGER NOT NULL,
                    PRIMARY KEY (channel, subdir, package)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE document (
                    scope_kind TEXT NOT NULL,
                    scope INTEGER NOT NULL,
                    path TEXT NOT NULL,
                    blob BLOB NOT NULL,
                    size INTEGER NOT NULL,
                    media_type TEXT NOT NULL,
                    immutable INTEGER NOT NULL,
                    modified INTEGER NOT NULL,
                    PRIMARY KEY (scope_kind, scope, path)
                ) STRICT, WITHOUT ROWID;
                """
        )
    }

    private static func logs(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE log (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    origin TEXT NOT NULL UNIQUE,
                    channel INTEGER UNIQUE REFERENCES channel (id),
                    size INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE log_entry (
                    log INTEGER NOT NULL REFERENCES log (id),
                    position INTEGER NOT NULL,
                    entry BLOB NOT NULL,
                    PRIMARY KEY (log, position)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE log_root (
                    log INTEGER NOT NULL REFERENCES log (id),
                    size INTEGER NOT NULL,
                    root BLOB NOT NULL,
                    checkpoint BLOB NOT NULL,
                    PRIMARY KEY (log, size)
                ) STRICT, WITHOUT ROWID;
                """
        )
    }

    private static func accessKeys(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE access_key (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    hash BLOB NOT NULL UNIQUE,
                    holder_kind TEXT NOT NULL,
                    holder_name TEXT NOT NULL,
                    holder_issuer TEXT,
                    scopes BLOB NOT NULL,
                    label TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    expires INTEGER
                ) STRICT;
                CREATE INDEX access_key_by_holder ON access_key (holder_kind, holder_name);
                """
        )
    }

    private static func users(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE server_user (
                    name TEXT PRIMARY KEY,
                    role TEXT,
                    created INTEGER NOT NULL,
                    removed INTEGER
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE membership (
                    user TEXT NOT NULL REFERENCES server_user (name),
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    package TEXT NOT NULL,
                    role TEXT NOT NULL,
                    since INTEGER NOT NULL,
                    PRIMARY KEY (user, channel, package)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX membership_by_channel ON membership (channel);
                """
        )
    }

    /// The triggers count what is served, whoever changes files, so that nobody has to add up a channel to take a file in.
    private static func quotas(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE channel_usage (
                    channel INTEGER PRIMARY KEY REFERENCES channel (id),
                    bytes INTEGER NOT NULL,
                    files INTEGER NOT NULL,
                    maximum_bytes INTEGER,
                    maximum_files INTEGER
                ) STRICT;
                INSERT INTO channel_usage (channel, bytes, files)
                    SELECT channel, SUM(size), COUNT(*) FROM file WHERE state <> 'removed' GROUP BY channel;
                CREATE TRIGGER file_counted AFTER INSERT ON file WHEN NEW.state <> 'removed' BEGIN
                    INSERT INTO channel_usage (channel, bytes, files) VALUES (NEW.channel, NEW.size, 1)
                    ON CONFLICT (channel) DO UPDATE SET bytes = bytes + excluded.bytes, files = files + 1;
                END;
                CREATE TRIGGER file_discounted AFTER UPDATE OF state ON file
                WHEN OLD.state <> 'removed' AND NEW.state = 'removed' BEGIN
                    UPDATE channel_usage SET bytes = bytes - OLD.size, files = files - 1
                    WHERE channel = OLD.channel;
                END;
                CREATE TRIGGER file_recounted AFTER UPDATE OF state ON file
                WHEN OLD.state = 'removed' AND NEW.state <> 'removed' BEGIN
                    UPDATE channel_usage SET bytes = bytes + NEW.size, files = files + 1
                    WHERE channel = NEW.channel;
                END;
                """
        )
    }

    private static func trustedPublishers(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE trusted_publisher (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    packages TEXT NOT NULL,
                    pending INTEGER NOT NULL,
                    created INTEGER NOT NULL,
                    issuer TEXT NOT NULL,
                    anchor TEXT NOT NULL,
                    demand TEXT NOT NULL
                ) STRICT;
                CREATE INDEX trusted_publisher_by_channel ON trusted_publisher (channel);
                CREATE INDEX trusted_publisher_by_anchor ON trusted_publisher (issuer, anchor);
                CREATE TABLE used_token (
                    issuer TEXT NOT NULL,
                    token TEXT NOT NULL,
                    until INTEGER NOT NULL,
                    PRIMARY KEY (issuer, token)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX used_token_by_end ON used_token (until);
                CREATE TABLE minted_key (
                    access_key INTEGER NOT NULL REFERENCES access_key (id) ON DELETE CASCADE,
                    publisher INTEGER NOT NULL REFERENCES trusted_publisher (id) ON DELETE CASCADE,
                    PRIMARY KEY (access_key, publisher)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX minted_key_by_publisher ON minted_key (publisher);
                """
        )
    }

    /// What the indexes are put together from. All of it follows from the other tables and the blobs.
    private static func index(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE index_element (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    part TEXT NOT NULL,
                    file_name TEXT NOT NULL,
                    package TEXT NOT NULL,
                    text BLOB NOT NULL,
                    PRIMARY KEY (channel, subdir, part, file_name)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX index_element_by_package ON index_element (channel, subdir, package);
                CREATE TABLE index_extent (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    part TEXT NOT NULL,
                    count INTEGER NOT NULL,
                    length INTEGER NOT NULL,
                    PRIMARY KEY (channel, subdir, part)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE index_shard (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    package TEXT NOT NULL,
                    shard BLOB NOT NULL,
                    PRIMARY KEY (channel, subdir, package)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE index_revision (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    value INTEGER NOT NULL,
                    PRIMARY KEY (channel, subdir)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE superseded_document (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    path TEXT NOT NULL,
                    kept_until INTEGER NOT NULL,
                    PRIMARY KEY (channel, path)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX superseded_document_by_time ON superseded_document (channel, kept_until);
                """
        )
    }

    private static func packageFacts(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE package_facts (
                    sha256 BLOB PRIMARY KEY,
                    run_exports BLOB,
                    about BLOB
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE wanted_facts (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    subdir TEXT NOT NULL,
                    file_name TEXT NOT NULL,
                    PRIMARY KEY (channel, subdir, file_name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE channel_package (
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    package TEXT NOT NULL,
                    text BLOB NOT NULL,
                    PRIMARY KEY (channel, package)
                ) STRICT, WITHOUT ROWID;
                """
        )
    }

    /// What pages ask for: orders and counts that nothing else needs, and which uploads failed. `about` is the file that
    /// an entry of a log is about, as `CHANNEL/SUBDIR/FILE`.
    private static func pages(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE INDEX file_by_time ON file (channel, accepted_ms);
                CREATE INDEX channel_package_by_name ON channel_package (package, channel);
                CREATE TABLE channel_package_count (
                    channel INTEGER PRIMARY KEY REFERENCES channel (id),
                    packages INTEGER NOT NULL
                ) STRICT;
                INSERT INTO channel_package_count (channel, packages)
                    SELECT channel, COUNT(*) FROM channel_package GROUP BY channel;
                CREATE TRIGGER channel_package_counted AFTER INSERT ON channel_package BEGIN
                    INSERT INTO channel_package_count (channel, packages) VALUES (NEW.channel, 1)
                    ON CONFLICT (channel) DO UPDATE SET packages = packages + 1;
                END;
                CREATE TRIGGER channel_package_discounted AFTER DELETE ON channel_package BEGIN
                    UPDATE channel_package_count SET packages = packages - 1 WHERE channel = OLD.channel;
                END;
                ALTER TABLE log_entry ADD COLUMN about TEXT GENERATED ALWAYS AS (
                    CASE WHEN json_valid(CAST(entry AS TEXT)) THEN
                        json_extract(CAST(entry AS TEXT), '$.channel')
                        || '/' || json_extract(CAST(entry AS TEXT), '$.subdir')
                        || '/' || json_extract(CAST(entry AS TEXT), '$.filename')
                    END
                ) VIRTUAL;
                CREATE INDEX log_entry_by_file ON log_entry (log, about) WHERE about IS NOT NULL;
                CREATE TABLE failed_upload (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    channel INTEGER NOT NULL REFERENCES channel (id),
                    publisher_kind TEXT NOT NULL,
                    publisher_name TEXT NOT NULL,
                    publisher_issuer TEXT,
                    file_name TEXT NOT NULL,
                    code TEXT,
                    time INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX failed_upload_by_channel ON failed_upload (channel, id);
                """
        )
    }

    /// Names that logs had of which a restored backup has nothing.
    private static func retiredLogs(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE retired_log (
                    origin TEXT PRIMARY KEY,
                    successor TEXT NOT NULL UNIQUE
                ) STRICT, WITHOUT ROWID;
                """
        )
    }
}
