// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import DurableFiles
import TrustCore

struct ContentTrustSign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign the records of a channel's indexes, where they lack signatures.",
        discussion: """
            Run it after every run of the indexer and after every repodata patch: a record that did not change keeps its \
            signatures, one that did is signed anew, and the signatures of those that went away go too. `repodata.json`, \
            `current_repodata.json` and their `.zst` forms carry the signatures, where they exist; all else in these files stays \
            as it is, to the byte. Shards and other forms carry none. In a channel that `kingsnake channel` keeps, later \
            publications sign by themselves; there this publishes new TUF metadata.

            A record that does not name its own file and subdir, or gives no SHA-256, must not be signed: then nothing is \
            written at all, and they are listed. `pkg_mgr.json`, which mamba asks for, is renewed when a third of its life is \
            left.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Option(
        name: .customLong("subdir"),
        help: ArgumentHelp("Sign this subdir only; may be repeated. (default: all)", valueName: "name")
    )
    var subdirs: [String] = []

    @Flag(help: "Sign every record by every key at hand, also where enough keys have signed.")
    var all = false

    @Flag(help: "Sign the others where records must not be signed, and list those.")
    var leaveUnsigned = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for subdir in subdirs { _ = try UsageCheck.value(subdir) { try Subdir($0) } }
    }

    func run() async throws {
        let console = output.console
        let path = try channel.path
        let isSigned = PlainChannel.isSignedByTUF(path)
        guard !isSigned || (subdirs.isEmpty && !leaveUnsigned) else {
            throw ValidationError(
                "--subdir and --leave-unsigned are for folders that TUF does not sign: here all is signed together"
            )
        }
        if isSigned {
            var channel = try channel.open()
            let (report, change) = try await channel.signRecords(everything: all, now: SystemClock.now)
            say(report, console)
            change.signed.forEach { console.say("signed \($0)") }
            var json = report.json
            json["signed"] = .array(change.signed.map { .string($0) })
            console.emit(json)
        } else {
            let report = try await channel.openPlain().sign(
                subdirs.isEmpty ? nil : subdirs.map { try Subdir($0) },
                everything: all,
                unsignable: leaveUnsigned ? .leftUnsigned : .refused,
                now: SystemClock.now
            )
            say(report, console)
            console.emit(report.json)
        }
    }

    private func say(_ report: RecordSigningReport, _ console: Console) {
        for subdir in report.subdirs {
            let state = subdir.isChanged ? "" : ", nothing to do"
            console.say(
                "\(subdir.name): \(Counted(subdir.recordCount, "record")), \(subdir.signedCount) signed, \(subdir.keptCount) unchanged\(state)"
            )
        }
        if report.hasRenewedPackageManager { console.say("renewed `\(PackageManagerFile.name)` for mamba") }
        for record in report.unsignable {
            console.warn(
                "`\(record.file)` is not signed: \(record.refusal.code.entry.summary) [\(record.refusal.codeName)]"
            )
        }
        for subdir in report.subdirs where !subdir.withoutMambaForm.isEmpty {
            let count = Counted(subdir.withoutMambaForm.count, "record")
            console.remark(
                "\(subdir.name): mamba will not accept \(count), such as `\(subdir.withoutMambaForm[0])`: its form of them cannot be made"
            )
        }
        for subdir in report.subdirs where !subdir.otherForms.isEmpty {
            let names = subdir.otherForms.map { "`\($0)`" }.joined(separator: ", ")
            console.remark(
                "\(subdir.name): not signed are \(names), which clients may prefer to the signed files"
            )
        }
        if report.hasNoLedger {
            console.remark(
                "the folder of keys cannot be written: the next run must verify every signature that it keeps, and may not notice an older `key_mgr.json`"
            )
        }
    }
}
