// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What backups, restoring and checking find.
extension ServerCode {
    var operationsEntry: RefusalEntry {
        switch self {
        case .databaseNewer:
            RefusalEntry(
                .stale,
                "a newer program made this database",
                explanation:
                    "This program does not know all of its tables, and would leave out what it does not know.",
                remedy: "use the newer program, or restore a backup from before it was started"
            )
        case .databaseDamaged:
            RefusalEntry(
                .invalid,
                "the database is damaged",
                explanation:
                    "Its pages, rows or digest are not what was written: the disk is failing, or somebody wrote to "
                    + "the file.",
                remedy: "stop the server, keep a copy of the folder, and restore the last backup"
            )
        case .folderInUse:
            RefusalEntry(
                .policy,
                "a server runs on this folder",
                explanation: "What it holds in memory would be written over what is restored.",
                remedy: "stop the server first"
            )
        case .restoreUnfinished:
            RefusalEntry(
                .missing,
                "a backup was being restored in this folder, and was not finished",
                explanation: "What is there is a part of a server; to serve it would be to lose the rest.",
                remedy: "run `kingsnake server restore` again, which begins anew"
            )
        case .restoreUnproved:
            RefusalEntry(
                .missing,
                "nobody says whether the publish log went on after the backup was made",
                explanation:
                    "A log that continues from an older state signs a second root for sizes that people have seen, "
                    + "which is the proof of a fork and cannot be taken back.",
                remedy:
                    "give the last checkpoint that was served with --checkpoint, from a mirror, a monitor or a "
                    + "witness; or --lost, and the log begins anew under another name"
            )
        case .indexDiffers:
            RefusalEntry(
                .invalid,
                "an index is not what the database says of its files",
                explanation:
                    "The index that is served lists other files than were accepted, or its signatures do not vouch "
                    + "for it, although nothing waits to be indexed.",
                remedy:
                    "find out who wrote to the server's folder; a new publication in the subdir makes its index anew"
            )
        default:
            RefusalEntry(
                .missing,
                "a key that the server signs with is not there",
                explanation:
                    "Keys are in no backup. Without it the server can renew nothing, and clients refuse what has expired.",
                remedy:
                    "put the key back from where keys are kept; if it is lost, see `docs/operating-server.md`"
            )
        }
    }
}
