"""Every JSON address, with who may use it, what it takes and what it answers."""

from services.case.api import (
    agreements,
    bodies,
    break_glass,
    bundle_bodies,
    bundles,
    calendars,
    cases,
    checkpoints,
    dev,
    directory,
    directory_bodies,
    exports,
    feed,
    files,
    history,
    measure_routes,
    message_routes,
    policies,
    processes,
    providers,
    registers,
    roles,
    tasks,
)
from services.case.api.route import Route
from services.case.domain import errors, file_errors
from services.case.domain.media_types import KINDS

TASK = (errors.TaskUnknown, errors.NotAllowed)
CASE = (errors.CaseUnknown, errors.NotAllowed)
FILE = (
    file_errors.FileEmpty, file_errors.FileTooLarge, file_errors.FileTypeNotAllowed, file_errors.FileInfected,
    file_errors.ScannerAway,
)  # fmt: skip
PAUSED = (errors.CaseOnHold, errors.CaseNotOpen)
MOVES = (errors.ProcessCannotGoOn,)  # where the process takes a step
SEEN = (errors.PreconditionMissing,)
ENTRY = (errors.NotAllowed, errors.NotInDirectory)
PUT = (*ENTRY, *SEEN, errors.EntryEdited, errors.ReasonMissing)


ROUTES = (
    Route("GET", "/processes", processes.list_processes, "read", "Processes in use, with their start forms"),
    Route("GET", "/tasks", tasks.list_tasks, "answering", "Open tasks", query=bodies.TaskQuery),
    Route("GET", "/tasks/{id}", tasks.one_task, "answering", "A task", refusals=(*TASK, errors.TaskOver)),
    Route(
        "POST", "/tasks/{id}/claim", tasks.claim_task, "answering", "Take a task on", bodies.Nothing,
        refusals=(*TASK, errors.TaskOver, errors.TaskTaken),
    ),
    Route(
        "POST", "/tasks/{id}/release", tasks.release_task, "answering", "Give a task back", bodies.Because,
        if_match="task",
        refusals=(*TASK, *SEEN, errors.TaskOver, errors.TaskTaken, errors.TaskNotClaimed, errors.TaskEdited),
    ),
    Route(
        "POST", "/tasks/{id}/reassign", tasks.reassign_task, "reassign", "Give a task to somebody else",
        bodies.Reassign, if_match="task",
        refusals=(*TASK, *SEEN, errors.TaskOver, errors.TaskEdited, errors.ReasonMissing),
    ),
    Route(
        "POST", "/tasks/{id}/complete", tasks.complete_task, "answering", "Complete a task", bodies.CompleteTask,
        if_match="task",
        refusals=(*MOVES, *TASK, *SEEN, *PAUSED, errors.TaskOver, errors.TaskTaken, errors.TaskEdited,
                  errors.SamePerson, errors.AnswersInvalid, errors.ReasonMissing, errors.Erased),
    ),
    Route(
        "PUT", "/tasks/{id}/draft", tasks.save_draft, "answering", "Keep answers so far", bodies.Draft, status=204,
        refusals=(*TASK, errors.TaskOver, errors.Erased),
    ),
    Route("GET", "/cases", cases.list_cases, "read", "Cases, newest first", query=bodies.CaseQuery),
    Route(
        "POST", "/cases", cases.open_one, "open", "Open a case", bodies.OpenCase, status=201,
        refusals=(*MOVES, errors.NotAllowed, errors.ProcessUnknown, errors.AnswersInvalid, errors.AlreadyOpenForPupil,
                  errors.PossibleDuplicate),
    ),
    Route(
        "POST", "/cases/search", cases.find_cases, "search", "Find cases by name, pupil number or reference",
        bodies.Search, refusals=(errors.NotAllowed,),
    ),
    Route("GET", "/cases/{ref}", cases.one_case, "read", "A case", looks=True, refusals=CASE),
    Route(
        "GET", "/cases/{ref}/events", history.list_events, "history", "What happened, in order",
        query=bodies.EventQuery, looks=True, refusals=CASE,
    ),
    Route(
        "GET", "/cases/{ref}/state", history.state, "history", "The case as it was", query=bodies.StateQuery,
        looks=True, refusals=CASE,
    ),
    Route(
        "POST", "/cases/{ref}/exports", exports.export_case, "export", "A copy of the case to take along",
        exports.Export, refusals=(*CASE, errors.ReasonMissing, errors.NothingSigned), patience=60,
        media="application/zip, application/xml, application/json",
    ),
    Route(
        "POST", "/cases/{ref}/break-glass", break_glass.break_glass, "break_glass",
        "Read what is in a case that one oversees, for a while", bodies.Reasoned, status=201,
        refusals=(*CASE, errors.ReasonMissing, errors.Erased),
    ),
    Route(
        "GET", "/break-glass", break_glass.list_uses, "read_broken_glass",
        "Who read what was in a case that they oversee, when and why", query=break_glass.UseQuery,
        refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/cases/{ref}/why/{what}", history.why, "read", "Why a task or a date is there",
        looks=True, refusals=(*CASE, errors.NothingToCorrect),
    ),
    Route(
        "POST", "/cases/{ref}/notes", cases.add_note, "note", "Add a note", bodies.Note,
        refusals=(*CASE, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/corrections", cases.correct_answer, "correct", "Correct an answer", bodies.Correction,
        if_match="case",
        refusals=(*MOVES, *CASE, *SEEN, errors.CaseEdited, errors.NothingToCorrect, errors.AnswersInvalid,
                  errors.ReasonMissing, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/concerns", cases.add_concern, "concern", "Raise a concern of pressure", bodies.Concern,
        refusals=(*MOVES, *CASE, errors.CaseNotOpen, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/hold", cases.hold_case, "hold", "Pause a case", bodies.Reasoned, if_match="case",
        refusals=(*CASE, *SEEN, *PAUSED, errors.CaseEdited, errors.ReasonMissing, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/resume", cases.resume_case, "resume", "Let a case go on", bodies.Reasoned,
        if_match="case",
        refusals=(*MOVES, *CASE, *SEEN, errors.CaseNotOnHold, errors.ConcernUnresolved, errors.CaseEdited,
                  errors.ReasonMissing, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/close", cases.close_case, "close", "Close a case by hand", bodies.Close, if_match="case",
        refusals=(*MOVES, *CASE, *SEEN, errors.CaseNotOpen, errors.CaseEdited, errors.ReasonMissing,
                  errors.OutcomeUnknown, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/reopen", cases.reopen_case, "reopen", "Open a closed case again", bodies.Reasoned,
        refusals=(*MOVES, *CASE, errors.CaseAlreadyOpen, errors.CaseEdited, errors.ReasonMissing,
                  errors.AlreadyOpenForPupil, errors.PossibleDuplicate, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/processes", cases.start_process, "read", "Start a linked process",
        bodies.StartProcess,
        refusals=(*MOVES, *CASE, errors.CaseNotOpen, errors.ProcessUnknown, errors.ProcessRunning),
    ),
    Route(
        "GET", "/cases/{ref}/files", files.list_files, "read", "The files of a case", refusals=CASE,
    ),
    Route(
        "POST", "/files", files.add_to_case, "answering", "Add a file", status=201, takes_file=True, patience=120,
        refusals=(*CASE, *FILE, errors.Erased),
    ),
    Route(
        "GET", "/files/{file}", files.one_file, "answering", "Fetch a file", patience=60,
        media=", ".join(KINDS), refusals=(file_errors.FileUnknown, errors.NotAllowed, errors.Erased),
    ),
    Route(
        "GET", "/cases/{ref}/register", registers.of_case, "register",
        "The pupil's suspensions and exclusions at all schools, added up", refusals=CASE,
    ),
    Route(
        "POST", "/registers/merge", registers.merge, "right_register", "Say that two pupil numbers are one pupil's",
        bodies.Merge,
        refusals=(errors.NotAllowed, errors.EntryUnknown, errors.NumberWrong, errors.RegistersAlreadyOne,
                  errors.ReasonMissing),
    ),
    Route(
        "POST", "/registers/split", registers.split, "right_register",
        "Say that suspensions in a pupil's register are another pupil's", bodies.Split,
        refusals=(errors.NotAllowed, errors.EntryUnknown, errors.NumberWrong, errors.RegistersAlreadyOne,
                  errors.ReasonMissing),
    ),
    Route(
        "GET", "/cases/{ref}/agreements", agreements.list_agreements, "read_terms", "The terms, and who has answered",
        refusals=(*CASE, errors.NoTerms),
    ),
    Route(
        "POST", "/cases/{ref}/agreements/{party}", agreements.agree, "read", "Answer for a party", bodies.CompleteTask,
        if_match="terms",
        refusals=(*MOVES, *CASE, *SEEN, *PAUSED, errors.NotAParty, errors.NoTerms, errors.AlreadyAnswered,
                  errors.TermsChanged, errors.AnswersInvalid, errors.ReasonMissing, errors.TaskTaken, errors.Erased),
    ),
    Route(
        "POST", "/cases/{ref}/agreements/{party}/withdraw", agreements.withdraw, "read", "Take an agreement back",
        bodies.Because, refusals=(*MOVES, *CASE, errors.NotAParty, errors.NothingToWithdraw, errors.Erased),
    ),
    Route(
        "GET", "/bundles", bundles.list_bundles, "put_in_use", "Processes in use, their bundles and what runs on each",
        refusals=(errors.NotAllowed,),
    ),
    Route(
        "POST", "/bundles/check", bundles.check_draft, "put_in_use", "Have a draft of a process judged",
        bundle_bodies.CheckDraft, refusals=(errors.NotAllowed, errors.DraftUnreadable), patience=60,
    ),
    Route(
        "POST", "/bundles/dry-run", bundles.dry_run_draft, "put_in_use", "Try a draft against all stored histories",
        bundle_bodies.DryRunDraft, refusals=(errors.NotAllowed, errors.BundleUnknown), patience=120,
    ),
    Route(
        "POST", "/bundles/{bundle}/use", bundles.put_bundle_in_use, "put_in_use", "Put a draft in use",
        bundle_bodies.PutBundle, refusals=(errors.NotAllowed, errors.BundleUnknown, errors.DryRunMissing),
    ),
    Route(
        "GET", "/bundles/{bundle}/cases", bundles.list_running, "put_in_use", "Open cases that run on a bundle",
        query=bundle_bodies.RunningQuery, refusals=(errors.NotAllowed,),
    ),
    Route(
        "POST", "/bundles/{bundle}/cases", bundles.move_cases, "put_in_use", "Let cases follow the bundle in use",
        bundle_bodies.MoveCases, patience=120,
        refusals=(errors.NotAllowed, errors.BundleUnknown, errors.BundleNotInUse, errors.ReasonMissing),
    ),
    Route(
        "GET", "/calendars", calendars.list_calendars, "administer", "Calendars, closures, and calendars to load",
        refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/calendars/versions/{calendar}", calendars.one_calendar, "administer",
        "A calendar that is or was in use", refusals=(errors.NotAllowed, errors.CalendarUnknown),
    ),
    Route(
        "POST", "/calendars", calendars.import_calendar, "administer", "Put a calendar in use", bodies.ImportCalendar,
        refusals=(errors.NotAllowed, errors.CalendarInvalid, errors.SchoolUnknown),
    ),
    Route(
        "POST", "/calendars/closures", calendars.report_closure, "administer", "Report that schools were closed",
        bodies.ReportClosure, refusals=(errors.NotAllowed, errors.SchoolUnknown, errors.NobodyCloses),
    ),
    Route(
        "POST", "/calendars/closures/{closure}/withdraw", calendars.withdraw_report, "administer",
        "Say that a closure was reported by mistake", bodies.WithdrawClosure,
        refusals=(errors.NotAllowed, errors.ClosureUnknown),
    ),
    Route("GET", "/roles", roles.list_roles, "read_roles", "Roles given and taken here", refusals=(errors.NotAllowed,)),
    Route(
        "POST", "/roles/give", roles.give_role, "administer", "Give somebody a role", bodies.ChangeRole,
        refusals=(errors.NotAllowed, errors.SamePerson, errors.RoleNotFor),
    ),
    Route(
        "POST", "/roles/take", roles.take_role, "administer", "Take a role from somebody", bodies.ChangeRole,
        refusals=(errors.NotAllowed, errors.SamePerson, errors.RoleNotFor),
    ),
    Route("GET", "/policies", policies.list_policies, "read_policy", "Policies of the authority, value by value",
        refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/directory/schools", directory.list_schools, "search_schools", "Schools of the public register",
        query=directory_bodies.SchoolQuery, refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/directory/schools/{urn}", directory.one_school, "search_schools", "A school",
        refusals=ENTRY,
    ),
    Route(
        "PUT", "/directory/schools/{urn}", directory.put_school, "maintain_directory", "Add to a school",
        directory_bodies.PutAdditions, if_match="entry", refusals=PUT,
    ),
    Route(
        "GET", "/directory/providers", providers.list_providers, "search_providers",
        "Providers of alternative provision", query=directory_bodies.ProviderQuery, refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/directory/providers/{provider}", providers.one_provider, "search_providers", "A provider",
        refusals=ENTRY,
    ),
    Route(
        "PUT", "/directory/providers/{provider}", providers.put_provider, "maintain_directory", "List a provider",
        directory_bodies.PutProvider, if_match="entry", refusals=PUT,
    ),
    Route(
        "POST", "/directory/providers/{provider}/places", providers.update_provider_places, "update_places",
        "Say how much room a provider has", directory_bodies.UpdatePlaces, refusals=ENTRY,
    ),
    Route(
        "POST", "/directory/providers/{provider}/checks", providers.check_provider, "check_provider",
        "Record a school's own check of a provider", directory_bodies.RecordCheck, refusals=ENTRY,
    ),
    Route(
        "GET", "/directory/strategies", directory.list_strategies, "search_strategies",
        "The ethical inclusion directory", query=directory_bodies.StrategyQuery, refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/directory/strategies/{strategy}", directory.one_strategy, "search_strategies",
        "An entry of the ethical inclusion directory", refusals=ENTRY,
    ),
    Route(
        "PUT", "/directory/strategies/{strategy}", directory.put_strategy, "maintain_directory",
        "List an entry of the ethical inclusion directory", directory_bodies.PutStrategy, if_match="entry",
        refusals=PUT,
    ),
    *measure_routes.ROUTES,
    *message_routes.ROUTES,
    Route(
        "GET", "/feed", feed.feed, "scope:feed", "Records for subscribers", query=bodies.FeedQuery,
        refusals=(errors.NotAllowed,), patience=60,
    ),
    Route(
        "GET", "/checkpoints", checkpoints.list_checkpoints, "scope:feed", "Signed statements over the whole log",
        query=checkpoints.CheckpointQuery, refusals=(errors.NotAllowed,),
    ),
    Route(
        "POST", "/checkpoints/{position}/countersignature", checkpoints.countersign_checkpoint, "scope:countersign",
        "Bear a checkpoint out", checkpoints.Countersignature,
        refusals=(errors.NotAllowed, errors.CheckpointUnknown, errors.SignatureWrong, errors.CountersignedAlready),
    ),
)  # fmt: skip

CLOCK = (
    Route(
        "PUT", "/dev/clock", dev.set_clock, "anybody", "Move the clock forward", bodies.SetClock,
        refusals=(errors.ClockOnlyForward,), embedded_only=True, patience=3600,
    ),
    Route("GET", "/dev/clock", dev.read_clock, "anybody", "What time it is", embedded_only=True),
)  # fmt: skip
