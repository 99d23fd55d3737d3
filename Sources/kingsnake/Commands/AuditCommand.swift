// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import DurableFiles
import Gatekeeper
import Installer
import TrustCore
import TrustPolicy

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract:
            "Check every file of a prefix against its package's record, and the records against the signed index.",
        discussion: """
            Finds what is missing, altered, or foreign, and packages that their channel's signed index no longer lists or \
            lists with other bytes. Packages from channels that are not pinned are counted and named: nothing vouches \
            for their records.

            The records are not signed, so whoever alters a file can alter its record too. With --packages the records are \
            not relied upon: each package is taken from the cache or fetched again, verified, and every file compared with \
            it. Give the prefix by the path it was installed at, since that path stands in its files.
            """
    )

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The prefix to audit. (default: $CONDA_PREFIX)", valueName: "dir"),
        completion: .directory
    )
    var prefix: String?

    @Flag(help: "Compare with the records on the disk only; ask no channel.")
    var local = false

    @Flag(
        help: "Compare every file with the package itself, which is fetched again where the cache lacks it."
    )
    var packages = false

    @OptionGroup var gate: GateOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(prefix, of: "--prefix")
        guard prefix ?? EnvironmentVariable.value("CONDA_PREFIX") != nil else {
            throw ValidationError("give --prefix DIR, or activate an environment")
        }
        guard !(local && packages) else {
            throw ValidationError("--packages asks channels, and --local asks none")
        }
    }

    func run() async throws {
        let console = output.console
        let path = try Folder.absolute(prefix ?? EnvironmentVariable.value("CONDA_PREFIX") ?? ".")
        let records = try InstalledPackages.read(prefix: path).records
        var answers = IndexAnswers()
        var contents: PackageContents?
        var reports = JSONValue.array([])
        if !local {
            (answers, contents, reports) = try await gate.withGate(console) { gate, display in
                let answers = try await self.answers(for: records, gate)
                let listed = records.filter { answers.known[ByteKey($0.recordFileName)]?.status == .listed }
                let contents = packages ? try await self.contents(of: listed, path, gate, console) : nil
                return (answers, contents, display.json)
            }
        }
        let report = try PrefixAudit(prefix: path).run(against: contents) {
            answers.known[ByteKey($0.recordFileName)]?.status ?? .unknown
        }
        let unvouched = records.filter { record in
            let name = ByteKey(record.recordFileName)
            return answers.known[name] == nil && answers.unasked[name] == nil
        }
        let result = AuditResult(
            prefix: path,
            report: report,
            unvouched: unvouched,
            vouchers: records.compactMap { record in
                answers.known[ByteKey(record.recordFileName)]?.voucher.map { (record, $0) }
            },
            verdicts: records.compactMap { record in
                answers.verdicts[ByteKey(record.recordFileName)].map { (record, $0) }
            },
            unasked: records.compactMap { answers.unasked[ByteKey($0.recordFileName)] },
            isLocal: local,
            compared: contents?.count
        )
        result.show(console, mirrorReports: reports)
        if result.exitStatus != 0 { throw ExitCode(result.exitStatus) }
    }

    /// What the signed indexes say now of each installed package whose channel is pinned, and who vouches for those
    /// that are listed as they were installed; and where a channel gave no answer, why.
    ///
    /// - Throws: the first reason if no channel answered at all.
    private func answers(for records: [PrefixRecord], _ gate: Gate) async throws -> IndexAnswers {
        var answers = IndexAnswers()
        var faults: [ByteKey: ChannelFault] = [:]
        for record in records {
            guard let url = record.url.flatMap({ try? PackageURL($0) }) else { continue }
            let name = ByteKey(record.recordFileName)
            // A channel that failed once is not waited for again.
            if let fault = faults[ByteKey(url.channel.identity)] {
                answers.unasked[name] = fault.with(record.recordFileName)
                continue
            }
            var isOpen = false
            do {
                guard try self.gate.trustStore.channel(url.channel) != nil else { continue }
                try await gate.openIndex(of: url)
                isOpen = true
                let (entry, verdict) = try await gate.examine(record.sha256, as: url)
                let status = Self.status(of: record, from: url, entry, verdict)
                answers.known[name] = (status, status == .listed ? verdict.voucher : nil)
                answers.verdicts[name] = verdict
            } catch let refusal as Refusal where refusal.is(GateCode.indexMissing) {
                // Verified metadata that lists no index for the subdir lists none of its packages.
                answers.known[name] = (.unlisted, nil)
            } catch  where !Task.isCancelled {
                let fault = ChannelFault(
                    channel: url.channel.description,
                    package: record.recordFileName,
                    error: error
                )
                // What is bad about one entry, or about what the maintainers of one package signed, says nothing
                // of the channel's others.
                if !isOpen || !(error is Refusal) { faults[ByteKey(url.channel.identity)] = fault }
                answers.unasked[name] = fault
            }
        }
        if answers.known.isEmpty, let error = answers.unasked.values.first?.error { throw error }
        return answers
    }

    private static func status(
        of record: PrefixRecord,
        from url: PackageURL,
        _ entry: IndexEntry,
        _ verdict: Verdict
    ) -> IndexStatus {
        // A record that names another package's URL would otherwise be vouched for by that package's entry.
        let name = "\(record.name)-\(record.version)-\(record.build)"
        guard ByteKey(url.fileName.distribution) == ByteKey(name) else {
            return .differs(expected: name, found: "`\(url.fileName)` as its URL")
        }
        guard let listed = entry.record, !entry.isRemoved else { return .unlisted }
        guard let expected = listed.sha256, expected == record.sha256 else {
            return .differs(
                expected: listed.sha256?.description ?? "a SHA-256",
                found: record.sha256?.description ?? "none"
            )
        }
        guard verdict.voucher != nil else {
            return .unsigned(found: "the channel's online key alone")
        }
        if let objection = verdict.objections.first {
            return .notAllowed(reason: objection.reason)
        }
        return .listed
    }

    /// What the packages themselves hold, each admitted like one that is about to be installed.
    private func contents(
        of records: [PrefixRecord],
        _ prefix: String,
        _ gate: Gate,
        _ console: Console
    ) async throws -> PackageContents {
        let urls = try records.compactMap { try $0.url.map { try PackageURL($0) } }
        let admissions = try await gate.admit(urls.map { PackageRequest($0) })
        let refused = admissions.map(\.verdict).filter { !$0.isAllowed }
        guard refused.isEmpty else { throw NotAllowed(verdicts: refused) }
        let packages = zip(records, admissions).compactMap { record, admission in
            if case .admitted(let package) = admission { (record: record, package: package) } else { nil }
        }
        let bar = ProgressBar(console)
        defer { bar.clear() }
        for (_, package) in packages { bar.expect(package.record.size ?? 0, label: "unpacking") }
        return try PackageContents(
            of: packages,
            prefix: prefix,
            workFolder: self.gate.locations.cacheDirectory + "/audit"
        ) { bar.advance($0.record.size ?? 0) }
    }
}
