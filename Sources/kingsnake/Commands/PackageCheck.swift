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
        let channels: ChannelAnswers
        let reports: JSONValue
    }

    /// Checks the package, and throws where evidence is bad.
    private func run() async throws -> Outcome {
        try await gate.withGate(console, showing: .promised) { gate, display in
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
        outcome.channels.sayEnforced(on: console)
        console.say("\(console.bold("what was found"))")
        if let count = outcome.archive?.manifest.entries.count {
            console.say(
                "  \(console.good("ok     "))  archive: \(Counted(count, "entry")), every file as the package lists it"
            )
        }
        outcome.channels.say(on: console)
        console.say(
            outcome.verdict.isAllowed
                ? VoucherReport.verified(outcome.verdict.voucher)
                : "not verified: see the lines above"
        )
        if !outcome.verdict.isAllowed {
            NotAllowed(verdicts: [outcome.verdict]).advice.forEach { console.say("\($0)") }
        }
        let unproved = Unproved.all(for: outcome.verdict)
        Unproved.say(unproved, on: console)
        var document = VerdictReport(outcome.verdict).json
        document["schema"] = 1
        document["status"] = outcome.verdict.isAllowed ? "ok" : "refused"
        document["channels"] = outcome.channels.json
        document["not_proved"] = .array(unproved.map { .string($0.rawValue) })
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
        var channels = ChannelAnswers()
        switch try await gate.admit(PackageRequest(url)) {
        case .refused(let verdict):
            channels.add(url.channel.description, .success(verdict))
            return Outcome(
                name: url.fileName,
                archive: nil,
                verdict: verdict,
                channels: channels,
                reports: display.json
            )
        case .admitted(let package):
            let checked = try PackageExtractor.check(
                archivePath: package.archivePath,
                fileName: url.fileName,
                expecting: (package.sha256, package.record.size)
            )
            channels.add(package.url.channel.description, .success(package.verdict))
            return Outcome(
                name: url.fileName,
                archive: checked,
                verdict: package.verdict,
                channels: channels,
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
        var channels = ChannelAnswers()
        for (place, channel) in try candidates() {
            do {
                let url = PackageURL(channel: try channel.get(), subdir: subdir, fileName: name)
                let scripts = checked.manifest.linkScripts.map(\.text)
                let verdict = try await gate.judge(checked.sha256, as: url, linkScripts: scripts)
                channels.add(place, .success(verdict))
            } catch  where !Task.isCancelled {
                // Another channel may well know the file.
                channels.add(place, .failure(error))
            }
        }
        guard let verdict = channels.verdict, verdict.isAllowed || channels.forgery == nil else {
            throw channels.forgery ?? channels.error
                ?? Refusal(GateCode.notTrusted, name.text, found: "no pinned channel at all")
        }
        return Outcome(
            name: name,
            archive: checked,
            verdict: verdict,
            channels: channels,
            reports: display.json
        )
    }

    /// Where the file may be from: the channel that was named, or any that is pinned, under the name to show. One
    /// whose settings are damaged is shown by its folder.
    private func candidates() throws -> [(place: String, channel: Result<ChannelURL, any Error>)] {
        if let channel { return [(channel.description, .success(channel))] }
        return try gate.trustStore.readings().map { folder, channel in
            ((try? channel.get())?.url.description ?? folder, channel.map(\.url))
        }
    }
}
