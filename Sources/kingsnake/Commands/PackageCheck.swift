// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import Installer
import TrustCore
import TrustPolicy

/// Checks one package, a file or a URL, in every way there is: its archive by itself, and against a pinned channel.
struct PackageCheck {
    let subject: String
    var channel: ChannelURL?
    let gate: GateOptions
    let console: Console

    /// What was found out.
    struct Outcome {
        let name: ArchiveFileName
        /// Nil if the package was refused before it was fetched.
        let archive: CheckedPackage?
        let verdict: Verdict
        let reports: JSONValue
    }

    /// Checks the package, and throws where evidence is bad.
    private func run() async throws -> Outcome {
        try await gate.withGate(console) { gate, display in
            if subject.contains("://") { return try await checkURL(gate, display) }
            return try await checkFile(gate, display)
        }
    }

    /// Checks the package, and says everything that was found out, for a pass as well as for a refusal.
    func explain() async throws {
        let outcome = try await run()
        say(outcome)
        // Everything is said; only the status is left to tell.
        guard outcome.verdict.isAllowed else {
            throw ExitCode(NotAllowed(verdicts: [outcome.verdict]).exitStatus)
        }
    }

    /// Says what was found out.
    private func say(_ outcome: Outcome) {
        console.say("\(console.bold(outcome.name.text))")
        if let count = outcome.archive?.manifest.entries.count {
            console.say(
                "  \(console.good("ok     "))  archive: \(Counted(count, "entry")), every file as the package lists it"
            )
        }
        VerdictReport(outcome.verdict).say(on: console)
        console.say(
            outcome.verdict.isAllowed
                ? "verified: the channel's signed index vouches for these bytes"
                : "not verified: see the lines above"
        )
        if !outcome.verdict.isAllowed {
            NotAllowed(verdicts: [outcome.verdict]).advice.forEach { console.say("\($0)") }
        }
        console.say("Nothing here proves that the code in the package is harmless.")
        var document = VerdictReport(outcome.verdict).json
        document["schema"] = 1
        document["status"] = outcome.verdict.isAllowed ? "ok" : "refused"
        if let archive = outcome.archive {
            document["sha256"] = .string(archive.sha256.hex)
            document["size"] = .number(JSONNumber(Int64(clamping: archive.size)))
            document["entries"] = .number(JSONNumber(Int64(archive.manifest.entries.count)))
        }
        document["mirror_reports"] = outcome.reports
        console.emit(document)
    }

    private func checkURL(_ gate: Gate, _ display: TransferDisplay) async throws -> Outcome {
        let url = try PackageURL(subject)
        switch try await gate.admit(PackageRequest(url)) {
        case .refused(let verdict):
            return Outcome(name: url.fileName, archive: nil, verdict: verdict, reports: display.json)
        case .admitted(let package):
            let checked = try PackageExtractor.check(
                archivePath: package.archivePath,
                fileName: url.fileName,
                expecting: (package.sha256, package.record.size)
            )
            return Outcome(
                name: url.fileName,
                archive: checked,
                verdict: package.verdict,
                reports: display.json
            )
        }
    }

    private func checkFile(_ gate: Gate, _ display: TransferDisplay) async throws -> Outcome {
        let name = try ArchiveFileName(subject.split(separator: "/").last.map(String.init) ?? subject)
        let checked = try Refusal.naming(name.text) {
            try PackageExtractor.check(archivePath: subject, fileName: name, expecting: (nil, nil))
        }
        let index = try PackageIndex.read(checked.infoFiles["info/index.json"] ?? [])
        let subdir = try Subdir(index.subdir ?? Subdir.noarch.text)
        var verdicts: [Verdict] = []
        for url in try candidates(name, subdir) {
            let verdict = try await gate.judge(checked.sha256, as: url)
            verdicts.append(verdict)
            if verdict.isAllowed { break }
        }
        guard let verdict = verdicts.first(where: \.isAllowed) ?? verdicts.first else {
            throw Refusal(GateCode.notTrusted, name.text, found: "no pinned channel at all")
        }
        return Outcome(name: name, archive: checked, verdict: verdict, reports: display.json)
    }

    /// Where the file may be from: the channel that was named, or any that is pinned.
    private func candidates(_ name: ArchiveFileName, _ subdir: Subdir) throws -> [PackageURL] {
        let channels = try channel.map { [$0] } ?? gate.trustStore.channels().map(\.url)
        return channels.map { PackageURL(channel: $0, subdir: subdir, fileName: name) }
    }
}
