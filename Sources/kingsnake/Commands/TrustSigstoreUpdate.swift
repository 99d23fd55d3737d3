// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import CondaFormats
import Gatekeeper
import Transport
import TrustCore

extension TrustSigstore {
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the newest keys of instances, verified by TUF.",
            discussion: """
                A machine without network is updated from a copy of the instance's repository: --mirror file:///media/copy. \
                Nothing in it is believed that is not signed from the known root on, and nothing older than what was seen.
                """
        )

        @Argument(
            help: ArgumentHelp(
                "The instances to update. (default: public-good, and all that were added or updated before)",
                valueName: "name"
            )
        )
        var names: [String] = []

        @Option(
            help: ArgumentHelp(
                "Where to fetch from instead of the instance's own repository; it is not trusted.",
                valueName: "url"
            )
        )
        var mirror: String?

        @OptionGroup var locations: LocationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            for name in names { _ = try UsageCheck.sigstoreInstance(name) }
            if let mirror { try UsageCheck.channel(mirror, of: "--mirror") }
            guard mirror == nil || names.count == 1 else {
                throw ValidationError("--mirror goes with one instance, which it is a copy of")
            }
        }

        func run() async throws {
            let console = output.console
            let store = SigstoreTrustStore(directory: locations.homeDirectory)
            let fetcher = URLFetcher()
            let names = try wanted(store)
            var documents: [JSONValue] = []
            var failures: [(name: SigstoreInstanceName, error: any Error)] = []
            for name in names {
                do {
                    documents.append(.object(try await update(name, store, fetcher, console)))
                } catch { failures.append((name, error)) }
            }
            await fetcher.shutdown()
            // Of one instance an error is the command's, as everywhere; of several, each is told beside the
            // others.
            if names.count == 1, let failure = failures.first { throw failure.error }
            failures.forEach { console.warn("\($0.name): \(ChannelAnswers.text(of: $0.error))") }
            var document = JSONObject()
            document["schema"] = 1
            document["status"] = failures.isEmpty ? "ok" : "failed"
            document["instances"] = .array(documents)
            document["failed"] = .array(failures.map(Self.json))
            console.emit(document)
            if let failure = failures.first { throw ExitCode(ErrorReport(error: failure.error).exitStatus) }
        }

        private func wanted(_ store: SigstoreTrustStore) throws -> [SigstoreInstanceName] {
            guard names.isEmpty else { return try names.map { try UsageCheck.sigstoreInstance($0) } }
            return try store.names().filter { $0 == .publicGood || store.canUpdate($0) }
        }

        private func update(
            _ name: SigstoreInstanceName,
            _ store: SigstoreTrustStore,
            _ fetcher: any Fetcher,
            _ console: Console
        ) async throws -> JSONObject {
            var before: SigstoreKeys?
            do { before = try await store.trust(in: name) } catch let refusal as Refusal
                where refusal.is(SigstoreTrustCode.cacheDamaged)
            {
                console.warn(
                    "\(name): \(refusal.code.entry.summary) [\(refusal.codeName)]: they are fetched anew"
                )
            } catch let refusal as Refusal where refusal.is(SigstoreTrustCode.neverUpdated) {}
            let after = try await store.update(
                name,
                over: fetcher,
                from: try mirror.map { try ChannelURL($0) },
                now: SystemClock.now
            )
            let isSame = before?.trustedRootBytes == after.trustedRootBytes
            console.say("\(console.bold(name.text)): \(isSame ? "the keys are the same" : "new keys")")
            let report = SigstoreTrustReport(
                anchor: try store.anchor(name),
                trust: after,
                channels: try store.channels(of: name),
                now: SystemClock.now
            )
            report.lines.forEach { console.say("  \($0)") }
            var document = report.json
            document["changed"] = .bool(!isSame)
            return document
        }

        private static func json(_ failure: (name: SigstoreInstanceName, error: any Error)) -> JSONValue {
            var object = ErrorReport(error: failure.error).json["error"]?.object ?? JSONObject()
            object["name"] = .string(failure.name.text)
            return .object(object)
        }
    }
}
