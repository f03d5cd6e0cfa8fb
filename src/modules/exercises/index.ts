import { Module } from '@nestjs/common';
import { ExchangeModule } from '../exchange/index.js';
import { IdentityModule } from '../identity/index.js';
import { IncidentsModule } from '../incidents/index.js';
import { AfterActionController } from './after-action.controller.js';
import { CompareRuns } from './compare-runs.js';
import { ConductExercises } from './conduct-exercises.js';
import { ConductorStore } from './conductor.store.js';
import { CreateExercise } from './create-exercise.js';
import { DraftScenario } from './draft-scenario.js';
import { ExerciseLogStore } from './exercise-log.store.js';
import { ExerciseReader } from './exercise.reader.js';
import { ExerciseStreams } from './exercise-streams.js';
import { ExercisesController } from './exercises.controller.js';
import { ExercisesStore } from './exercises.store.js';
import { ExportLog } from './export-log.js';
import { InviteTeams } from './invite-teams.js';
import { ListAddresses } from './list-addresses.js';
import { KeepScenario } from './keep-scenario.js';
import { MispForms } from './misp-forms.js';
import { PlayBack } from './play-back.js';
import { ReplayLog } from './replay-log.js';
import { ReportExercise } from './report-exercise.js';
import { SayInExercise } from './say-in-exercise.js';
import { ScenarioReader } from './scenario.reader.js';
import { ScenariosController } from './scenarios.controller.js';
import { ScenariosStore } from './scenarios.store.js';
import { SteerExercise } from './steer-exercise.js';
import { SteeringController } from './steering.controller.js';

/** Drills: played on the product itself, in a space of their own. */
@Module({
  imports: [ExchangeModule, IdentityModule, IncidentsModule],
  controllers: [ScenariosController, ExercisesController, SteeringController, AfterActionController],
  providers: [
    ScenariosStore,
    ScenarioReader,
    KeepScenario,
    DraftScenario,
    ExercisesStore,
    ExerciseLogStore,
    ExerciseReader,
    CreateExercise,
    InviteTeams,
    ListAddresses,
    SteerExercise,
    SayInExercise,
    ExportLog,
    ExerciseStreams,
    ReportExercise,
    CompareRuns,
    ReplayLog,
    PlayBack,
    ConductorStore,
    MispForms,
    ConductExercises,
  ],
  exports: [ConductExercises],
})
export class ExercisesModule {}

export { nextAct } from './core/index.js';
export type { PlannedAct, Scenario, SimulatedView, Skill, Team } from './core/index.js';
export { CONDUCT_SECONDS, ConductExercises } from './conduct-exercises.js';
