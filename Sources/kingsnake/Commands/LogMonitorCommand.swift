// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import Transport
import TrustCore

struct LogMonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract:
            "Watch a log and its channels' indexes: once, to be run from time to time, or as a service with --every.",
        discussion: """
            The log continues what was seen before, and its entries are those that its root stands for. Every index that is \
            served is logged, as the newest one, and lists nothing that was logged after it. Every record of each \
            channel's repodata.json is logged; every file that was logged is listed, unless it was yanked or removed; nobody \
            unexpected published a package: by --publishers, or else whoever published it first. Entries that were read are \
            kept, and read from the log once. A finding is found again by each run, until it is mended or, for a publisher, \
            written into the file of --publishers; it is told when it was found first. What --alarm asks for is told once.

            With --every it goes on until it is stopped, or for --runs: what was told before is one line then, and what goes \
            wrong with one run is told and does not end it; only the history of the log that is kept has to be the same. With \
            --json each run is one line. The exit status is that of the last run: 0 for no finding, 3 for bad evidence, \
            5 for what is out of date, 1 for what you did not expect, 4 for what is missing, 6 if it could not be found out.

            What shards say, and the index's signatures, are not looked at: installing checks those.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The address of the server, of a channel, or of the log, such as https://channels.example.org/log.",
            valueName: "url"
        )
    )
    var url: String

    @Option(
        help: ArgumentHelp(
            "Who is expected to publish what, a JSON file: see docs/publish-log.md.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var publishers: String?

    @Option(
        help: ArgumentHelp(
            "How many seconds an index may lag behind the log. (default: 900)",
            valueName: "seconds"
        )
    )
    var grace: Int64 = 900

    @Flag(
        help: ArgumentHelp(
            "Download every file that was logged since the last run, and compare its digest; and all forms of indexes."
        )
    )
    var download = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Make each new entry of a kind a finding: key-change or publisher-change. May be given twice.",
            valueName: "kind"
        )
    )
    var alarm: [LogAlarmArgument] = []

    @Option(
        help: ArgumentHelp("Go on, and watch again so many seconds after each run.", valueName: "seconds")
    )
    var every: Int?

    @Option(help: ArgumentHelp("With --every: end after so many runs.", valueName: "number"))
    var runs: Int?

    @OptionGroup var trust: LogTrustOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try LogTrustOptions.check(url)
        try UsageCheck.path(publishers, of: "--publishers")
        guard grace >= 0 else { throw ValidationError("--grace: expected a number of seconds from 0") }
        if let every {
            guard (0...31_536_000).contains(every) else {
                throw ValidationError("--every: expected a number of seconds up to a year")
            }
        }
        if let runs {
            guard runs > 0, every != nil else {
                throw ValidationError("--runs: expected a number from 1, and --every beside it")
            }
        }
    }

    func run() async throws {
        let console = output.console
        var status: Int32?
        var count = 0
        while true {
            count += 1
            do {
                let findings = try await watch(console)
                status = Self.worst(findings)
            } catch let error where every != nil && !(error is CancellationError) {
                status = tell(error, console)
            }
            guard let every, runs.map({ count < $0 }) ?? true else { break }
            try await Task.sleep(for: .seconds(every))
        }
        if let status { throw ExitCode(status) }
    }

    /// Watches once; answers what was found.
    private func watch(_ console: Console) async throws -> [Refusal] {
        var options = LogMonitor.Options()
        options.expected = try expected() ?? ExpectedPublishers()
        options.grace = grace
        options.downloads = download
        options.alarmsOnKeys = alarm.contains(.keyChange)
        options.alarmsOnPublishers = alarm.contains(.publisherChange)
        options.pauses = [.zero, .seconds(1), .seconds(2)]
        let bar = ProgressBar(console)
        defer { bar.clear() }
        return try await trust.following(url, locations, console) { watch, fetcher in
            options.state = try watch.memory.monitorState()
            let report = try await LogMonitor(
                watch,
                fetcher: fetcher,
                options: options,
                now: SystemClock.now,
                pause: { try await Task.sleep(for: $0) },
                progress: { bar.advance(UInt64($0)) }
            ).run()
            let elsewhere = try await trust.compare(watch, report.checkpoint, fetcher)
            bar.clear()
            show(report, options.state, elsewhere, console)
            // Not before it was told.
            try watch.memory.keep(report.state)
            return report.findings
        }
    }

    private func expected() throws -> ExpectedPublishers? {
        try publishers.map { path in
            guard let bytes = try DurableFile.read(path, maximumLength: ExpectedPublishers.maximumLength)
            else {
                throw Failure(.disk, "there is no such file", at: path)
            }
            return try ExpectedPublishers(parsing: bytes, of: path)
        }
    }

    /// Tells what kept a run of many from its end; answers the exit status that one run alone would have.
    private func tell(_ error: any Error, _ console: Console) -> Int32 {
        let report = ErrorReport(error: error)
        var document = report.json
        document["time"] = .string(SystemClock.now.description)
        console.emitLine(document)
        console.say("\(SystemClock.now): \(report.text)")
        return report.exitStatus
    }

    private func show(
        _ report: LogMonitor.Report,
        _ before: MonitorState,
        _ elsewhere: [(url: String, checkpoint: VerifiedCheckpoint)],
        _ console: Console
    ) {
        for finding in report.findings {
            let first = before.firstTold(finding)
            if every != nil, let first {
                console.say("\(finding.subject): \(finding.codeName), as told at \(first)")
                continue
            }
            console.say("\(console.bad("finding")): \(finding.subject): \(finding.code.entry.summary)")
            let rows = [
                ("where", finding.location), ("expected", finding.expected), ("found", finding.found),
                ("hint", finding.remedy), ("code", finding.codeName),
                ("since", first?.description),
            ]
            for (label, text) in rows { if let text { LabelledLine(label, text).say(on: console) } }
        }
        console.say("watched \(RedactedURL(url)): \(Counted(report.findings.count, "finding"))")
        report.checkpoint.say(on: console)
        elsewhere.say(on: console)
        console.say(
            "  \(Counted(report.newEntries, "new entry")); \(Counted(report.recordCount, "record")) in \(Counted(report.channels.count, "channel")) compared"
        )
        if download { console.say("  \(Counted(report.downloadCount, "download")) compared") }
        let document = Self.json(report, before, elsewhere)
        if every == nil { console.emit(document) } else { console.emitLine(document) }
    }

    private static func json(
        _ report: LogMonitor.Report,
        _ before: MonitorState,
        _ elsewhere: [(url: String, checkpoint: VerifiedCheckpoint)]
    ) -> JSONObject {
        let now = SystemClock.now
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = report.findings.isEmpty ? "ok" : "refused"
        document["time"] = .string(now.description)
        document["checkpoint"] = .object(report.checkpoint.json)
        document["elsewhere"] = elsewhere.json
        document["new_entries"] = .number(JSONNumber(Int64(report.newEntries)))
        document["channels"] = .array(report.channels.map { .string($0) })
        document["records"] = .number(JSONNumber(Int64(report.recordCount)))
        document["downloads"] = .number(JSONNumber(Int64(report.downloadCount)))
        document["findings"] = .array(
            report.findings.map { finding in
                var object = ErrorReport.json(of: finding)
                object["new"] = .bool(before.firstTold(finding) == nil)
                object["first_found"] = .string((before.firstTold(finding) ?? now).description)
                return .object(object)
            }
        )
        return document
    }

    /// Bad evidence before all else.
    private static func worst(_ findings: [Refusal]) -> Int32? {
        let kinds = Set(findings.map(\.code.entry.kind))
        return [RefusalKind.invalid, .stale, .policy, .missing].first(where: kinds.contains)?.exitStatus
    }
}

/// Kinds of entries that can be made findings.
enum LogAlarmArgument: String, ExpressibleByArgument, CaseIterable {
    case keyChange = "key-change"
    case publisherChange = "publisher-change"
}
