// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import DurableFiles
import TrustCore

struct RootMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Collect signatures into a proposal, and say who has signed and who is missing.",
        discussion: """
            Takes files of signatures, and other copies of the proposal, in any order and as often as you like. Each \
            signature is verified; one that is refused leaves the proposal as it was. Without files it only says who has \
            signed. No key is needed.
            """
    )

    @Argument(help: ArgumentHelp("The proposal.", valueName: "proposal"), completion: .file())
    var proposal: String

    @Argument(help: ArgumentHelp("Files of signatures.", valueName: "signatures"), completion: .file())
    var files: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        var proposal = try CeremonyFolder.proposal(self.proposal)
        try proposal.check(now: SystemClock.now)
        var added = 0
        for file in files {
            do {
                added += try proposal.merge(file: CeremonyFolder.read(file))
            } catch let refusal as Refusal {
                throw refusal.located(at: file)
            }
        }
        let report = try proposal.report()
        if added > 0 {
            try DurableFile.write(proposal.encoded(), to: self.proposal)
            try CeremonyFolder.record(
                "merge \(files.joined(separator: " "))",
                proposal,
                report.progressLines,
                in: self.proposal + ".transcript"
            )
        }
        if !files.isEmpty {
            console.say("\(Counted(added, "new signature")) from \(Counted(files.count, "file"))")
        }
        report.progressLines.forEach { console.say("\($0)") }
        if report.isComplete {
            console.say("\(report.next.replacing("PROPOSAL", with: self.proposal))")
        }
        var document = report.json
        document["new_signatures"] = .number(JSONNumber(Int64(added)))
        console.emit(document)
    }
}
