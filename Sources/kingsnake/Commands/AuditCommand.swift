// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import DurableFiles
import Gatekeeper
import Installer
import TrustCore

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check every file of a prefix against its package's record, and the records against the signed index.",
        discussion: """
            Finds what is missing, altered, or foreign, and packages that their channel's signed index no longer lists or \
            lists with other bytes. Packages from channels that are not pinned are counted and named: nothing vouches \
            for their records.
            """
    )

    @Option(
        name: [.short, .long], help: ArgumentHelp("The prefix to audit. (default: $CONDA_PREFIX)", valueName: "dir"),
        completion: .directory)
    var prefix: String?

    @Flag(help: "Compare with the records on the disk only; ask no channel.")
    var local = false

    @OptionGroup var gate: GateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        guard let prefix = prefix ?? EnvironmentVariable.value("CONDA_PREFIX") else {
            throw ValidationError("give --prefix DIR, or activate an environment")
        }
        let path = Folder.absolute(prefix)
        let records = try InstalledPackages.read(prefix: path).records
        let (index, reports) = try await gate.withGate(console) { gate, display in
            (local ? [:] : try await statuses(of: records, gate), display.json)
        }
        let report = try PrefixAudit(prefix: path).run { index[ByteKey($0.recordFileName)] ?? .unknown }
        let unvouched = records.filter { (index[ByteKey($0.recordFileName)] ?? .unknown) == .unknown }
        let result = AuditResult(prefix: path, report: report, unvouched: unvouched, isLocal: local)
        result.show(console, mirrorReports: reports)
        guard report.isClean else { throw ExitCode(RefusalKind.invalid.exitStatus) }
        guard unvouched.isEmpty || local else { throw ExitCode(RefusalKind.missing.exitStatus) }
    }

    /// What the signed indexes say now of each installed package whose channel is pinned.
    private func statuses(of records: [PrefixRecord], _ gate: Gate) async throws -> [ByteKey: IndexStatus] {
        var statuses: [ByteKey: IndexStatus] = [:]
        for record in records {
            guard let text = record.url, let url = try? PackageURL(text),
                try self.gate.trustStore.channel(url.channel) != nil
            else { continue }
            statuses[ByteKey(record.recordFileName)] = Self.status(of: record, try await gate.entry(of: url))
        }
        return statuses
    }

    private static func status(of record: PrefixRecord, _ entry: IndexEntry) -> IndexStatus {
        guard let listed = entry.record, !entry.isRemoved else { return .unlisted }
        guard let expected = listed.sha256, expected == record.sha256 else {
            return .differs(
                expected: listed.sha256?.description ?? "a SHA-256", found: record.sha256?.description ?? "none")
        }
        return .listed
    }
}
